import type { PruneBefore } from "@turno/core";
import { expectSame } from "./expect-same.ts";
import type { Pair } from "./pair.ts";
import { pickWorker } from "./pick.ts";
import type { Step, StepTo } from "./step.ts";
import { writeAndKill } from "./write-and-kill.ts";
import { abandonOrphans, write } from "./write-step.ts";

/** Does what the step says to the store and to the model, and compares what they answer. */
export async function takeStep(pair: Pair, step: Step): Promise<void> {
  switch (step.do) {
    case "write":
      return await write(pair, step);
    case "move the clock":
      pair.now += step.byMs;
      return;
    case "wait for the next due job":
      pair.now = Math.max(pair.now, pair.model.nextDueAt() ?? 0);
      return;
    case "join":
      return await pair.join(step.leaseMs);
    case "beat":
      return await beat(pair, step);
    case "leave":
      return await leave(pair, step);
    case "abandon orphans":
      return await abandonOrphans(pair);
    case "pause":
      return await pause(pair, step);
    case "prune":
      return await prune(pair, step);
    case "list":
      return await list(pair, step);
    case "reopen":
      return await pair.reopen();
    case "kill":
      return await pair.kill(step.which);
    case "reload":
      return await pair.reload();
    case "write and kill":
      return await writeAndKill(pair, step);
  }
}

async function beat(pair: Pair, { worker }: StepTo<"beat">): Promise<void> {
  const id = pickWorker(pair.model, worker);
  const { known, holds } = await pair.store.beat(id);
  const answer = { known, holds: holds.toSorted((a, b) => a.seq - b.seq) };
  expectSame(answer, pair.model.beatReply(id), "what a beat answered");
  const record = (await pair.store.workers()).find((it) => it.id === id);
  pair.model.beat(id, record?.beat);
}

async function leave(pair: Pair, { worker, beat }: StepTo<"leave">): Promise<void> {
  const id = pickWorker(pair.model, worker);
  const latest = pair.model.workers.get(id)?.beat ?? 0;
  const seen = { any: undefined, latest, old: latest - 1 }[beat];
  const right = pair.model.leave(id, seen);
  expectSame(await pair.store.leave(id, seen), right, "whether the worker was forgotten");
}

async function pause(pair: Pair, { type, paused }: StepTo<"pause">): Promise<void> {
  if (paused) pair.model.paused.add(type);
  else pair.model.paused.delete(type);
  const answer = await pair.store.pause({ type, paused });
  expectSame(answer.toSorted(), [...pair.model.paused].sort(), "the types that are paused");
}

async function prune(pair: Pair, { ages, limit }: StepTo<"prune">): Promise<void> {
  const before: PruneBefore = Object.fromEntries(
    Object.entries(ages).flatMap(([state, age]) =>
      age === undefined ? [] : [[state, pair.now - age]],
    ),
  );
  const pruned = await pair.store.prune({ before, limit });
  const left = new Set((await pair.store.list({ limit: 100_000 })).map(({ seq }) => seq));
  expectSame(pruned, pair.model.prune(before, limit, left), "how many jobs were pruned");
}

/** Pages through a list to its end. */
async function list(pair: Pair, { do: _, pageSize, ...filter }: StepTo<"list">): Promise<void> {
  for (let beforeSeq: number | undefined; ; ) {
    const page = { ...filter, beforeSeq, limit: pageSize };
    const jobs = await pair.store.list(page);
    expectSame(jobs, pair.model.list(page), "a page of a list");
    if (jobs.length < pageSize) return;
    beforeSeq = jobs.at(-1)?.seq;
  }
}
