import { cancel, complete, fail, MemoryStore, type Store } from "@turno/core";
import { expect } from "vitest";
import { Bench, START } from "../bench.ts";

/** A store with a job of each kind, some of which are pruned, and two whose workers are gone. */
export async function filled(): Promise<Bench> {
  const bench: Bench = new Bench<Store>(new MemoryStore({ random: () => 0.1234567 }));
  const { store } = bench;
  const lost = await bench.join();
  const worker = await bench.join();
  await bench.add({}, { priority: 7 }, { priority: 7, runAt: START - 9 }, { type: "report" });
  await bench.add({ runAt: START + 60_000 }, { type: "report", runAt: START + 5, priority: -3 });
  await bench.add({ uniqueKey: "k", payload: JSON.stringify("x".repeat(2_000)) });
  await bench.add({
    timeoutMs: 5,
    maxAttempts: 3,
    backoff: { kind: "fixed", baseMs: 3, jitter: 0.5 },
  });
  const pruned = await bench.running(worker);
  await bench.replace(complete(pruned, undefined, START - 9));
  await store.prune({ before: { completed: START - 5 }, limit: 9 });
  const held = await bench.running(lost, { payload: '{"ä":"🎟️"}', uniqueKey: "held" });
  const log = [{ at: START, attempt: 1, line: "half" }];
  await store.commit({ now: START, note: [{ ...held, progress: "50", log }] });
  await bench.running(lost, { timeoutMs: 100 });
  const [failed, dead, done, keyed] = [
    await bench.running(worker, { uniqueKey: "failed" }),
    await bench.running(worker, { maxAttempts: 1 }),
    await bench.running(worker),
    await bench.running(worker, { uniqueKey: "until-pruned", uniqueUntil: "pruned" }),
  ];
  await store.commit({ now: START, note: [{ ...failed, progress: '"failed"', log: [] }] });
  await bench.replace(
    fail(failed, { kind: "error", thrown: new Error("oops") }, START),
    fail(dead, { kind: "timeout", thrown: { name: "Late", message: "too late" } }, START),
    complete(done, '{"width":64}', START + 3),
    complete(keyed, undefined, START + 30),
  );
  const free = await bench.running(worker, { uniqueKey: "free" });
  await bench.replace(cancel(free, START));
  await bench.add({});
  for (const id of [lost, worker]) await store.leave(id);
  return bench;
}

/** All that can be read of jobs. */
export async function contentsOf(store: Store) {
  const jobs = await store.list({ limit: 1_000 });
  const notes = await store.notes(jobs.map(({ seq }) => seq));
  const read = await store.get(jobs.map(({ seq }) => seq));
  expect(read).toEqual(jobs);
  return { jobs, notes, counts: await store.counts(), nextDueAt: await store.nextDueAt() };
}
