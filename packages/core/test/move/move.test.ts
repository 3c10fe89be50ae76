import {
  AnswerLost,
  cancel,
  complete,
  damaged,
  enqueued,
  MemoryStore,
  MoveRefused,
  newJob,
  type Job,
  type RunningJob,
  type Store,
  type WaitingJob,
} from "@turno/core";
import { move, type MoveProgress } from "@turno/core/move";
import { expect, it } from "vitest";
import { HastyClock } from "./hasty-clock.ts";
import { meddled } from "./meddled.ts";

const NOW = 1_700_000_000_000;

it("a move waits for jobs that run, and takes them over as they end", async () => {
  const { from, to, clock, running } = withARunningJob();
  clock.at(5_000, () => from.commit({ now: NOW, replace: [complete(running, "1", NOW)] }));
  expect(await move(from, to, { clock })).toMatchObject({ jobs: 1 });
  expect(to.get([running.seq])).toMatchObject([{ state: "completed", result: "1" }]);
});

it("jobs that go on running are told with their workers, and the move can be run again", async () => {
  const { from, to, clock, running, worker } = withARunningJob();
  const again = from.join({ leaseMs: 60_000 });
  claim(from, again, add(from, "other"), add(from, "other"));
  const refused = move(from, to, { clock, drainMs: 1_000 });
  await expect(refused).rejects.toThrow(MoveRefused);
  await expect(refused).rejects.toThrow(
    `still runs 3 jobs after 1000 ms: worker ${again} (2), worker ${worker} (1); stop these workers`,
  );
  // All is copied by now, and nothing differs: it waits all the same.
  await expect(move(from, to, { clock, drainMs: 0 })).rejects.toThrow("still runs 3 jobs");
  from.leave(again);
  from.commit({ now: NOW, replace: [complete(running, undefined, NOW)] });
  expect(await move(from, to, { clock, drainMs: 1_000 })).toMatchObject({ jobs: 3 });
});

it("a worker that is silent for its lease is waited for no longer, and given up", async () => {
  const { from, to, clock, running, worker } = withARunningJob(30_000);
  await move(from, to, { clock });
  expect(from.workers()).toEqual([]);
  expect(from.beat(worker)).toEqual({ known: false, holds: [] });
  expect(to.list({ orphaned: true, limit: 9 })).toEqual([running]);
});

it("a worker that beats is not given up", async () => {
  const { from, to, clock, worker } = withARunningJob(1_000);
  for (let at = 0; at < 60_000; at += 300) clock.at(at, () => from.beat(worker));
  await expect(move(from, to, { clock, drainMs: 10_000 })).rejects.toThrow("still runs 1 job ");
  expect(from.workers().length).toBe(1);
});

it("every type is paused in the source, those too that come while it is moved", async () => {
  const { from, to, clock } = stores();
  add(from, "a");
  let lists = 0;
  const watched = meddled(from, (method, when) => {
    if (method === "list" && when === "after" && ++lists === 3) add(from, "b");
  });
  await move(watched, to, { clock });
  expect(from.pause()).toEqual(["a", "b"]);
  expect(to.pause()).toEqual([]);
  expect(to.counts()).toMatchObject({ pending: 2 });
});

it("what changes behind the first copying is found by comparing all again", async () => {
  const { from, to, clock } = stores();
  const seqs = [add(from, "a"), add(from, "a"), add(from, "a")];
  let taken = 0;
  const slow = meddled(to, (method, when) => {
    if (method !== "take" || when !== "after" || ++taken > 1) return;
    const [first, second] = from.get(seqs) as WaitingJob[] as [WaitingJob, WaitingJob];
    from.commit({ now: NOW, replace: [cancel(first, NOW), { ...second, revision: 2, runAt: 5 }] });
    from.prune({ before: { cancelled: NOW }, limit: 1 });
  });
  expect(await move(from, slow, { clock })).toEqual({ jobs: 2, copied: 4, left: 0 });
  expect(to.list({ limit: 9 })).toEqual(from.list({ limit: 9 }));
});

it("what comes at the last look is taken up", async () => {
  const { from, to, clock } = stores();
  add(from, "a");
  let looks = 0;
  const looking = meddled(to, (method, when) => {
    if (method === "counts" && when === "before" && ++looks === 1) add(from, "b");
  });
  expect(await move(from, looking, { clock })).toMatchObject({ jobs: 2, left: 0 });
  expect(to.list({ limit: 9 })).toEqual(from.list({ limit: 9 }));
});

it("what goes at the last look goes in the target, too", async () => {
  const { from, to, clock } = stores();
  const [first] = [add(from, "a"), add(from, "a")];
  const jobs = from.get([first]) as WaitingJob[];
  from.commit({ now: NOW, replace: jobs.map((job) => cancel(job, NOW)) });
  let counts = 0;
  // Twice for each round, of which the second finds nothing.
  const going = meddled(from, (method, when) => {
    if (method === "counts" && when === "before" && ++counts === 4)
      from.prune({ before: { cancelled: NOW }, limit: 1 });
  });
  expect(await move(going, to, { clock })).toMatchObject({ jobs: 1, left: 0 });
  expect(to.list({ limit: 9 })).toEqual(from.list({ limit: 9 }));
});

it("a source that never rests is told of, with a job that differs", async () => {
  const { from, to, clock } = stores();
  add(from, "a");
  const busy = meddled(to, (method, when) => {
    if (method !== "take" || when !== "after") return;
    const [job] = from.list({ limit: 1 }) as WaitingJob[];
    if (job !== undefined)
      from.commit({ now: NOW, replace: [{ ...job, revision: job.revision + 1 }] });
  });
  const refused = move(from, busy, { clock });
  await expect(refused).rejects.toThrow(MoveRefused);
  await expect(refused).rejects.toThrow(/still changes: 1 jobs differed .* 20th time, 018bcfe5-/);
});

it("batches have at most 1,000 jobs and 4 Mi characters", async () => {
  const { from, to, clock } = stores();
  for (let count = 0; count < 2_100; count++) add(from, "small");
  for (let count = 0; count < 9; count++) add(from, "large", `"${"x".repeat(1_000_000)}"`);
  const batches: [jobs: number, characters: number][] = [];
  const watched = meddled(to, (method, when, argument) => {
    if (method !== "take" || when === "after") return;
    const { jobs } = argument as { jobs: { job: Job }[] };
    const seqs = jobs.map(({ job }) => job.seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    batches.push([jobs.length, jobs.reduce((sum, { job }) => sum + job.payload.length, 0)]);
  });
  expect(await move(from, watched, { clock })).toMatchObject({ jobs: 2_109, copied: 2_109 });
  expect(batches.map(([jobs]) => jobs)).toEqual([4, 4, 1_000, 1_000, 101]);
  expect(Math.max(...batches.map(([, characters]) => characters))).toBeLessThan(4 * 1024 * 1024);
});

it("it is told how far it has come", async () => {
  const { from, to, clock } = stores();
  for (let count = 0; count < 1_100; count++) add(from, "a");
  const told: MoveProgress[] = [];
  await move(from, to, { clock, onProgress: (progress) => told.push(progress) });
  expect(told[0]).toEqual({ round: 1, looked: 0, total: 1_100, copied: 0 });
  expect(told).toContainEqual({ round: 1, looked: 1_050, total: 1_100, copied: 1_000 });
  expect(told.at(-1)).toEqual({ round: 2, looked: 1_100, total: 1_100, copied: 1_100 });
});

it("a signal breaks it off, before it begins, while it copies and while it waits", async () => {
  const { from, to, clock } = withARunningJob();
  const reason = new Error("enough");
  await expect(move(from, to, { clock, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(from.pause()).toEqual([]);
  const copying = new AbortController();
  const onProgress = () => copying.abort(reason);
  await expect(move(from, to, { clock, signal: copying.signal, onProgress })).rejects.toBe(reason);
  const waiting = new AbortController();
  clock.at(700, () => waiting.abort(reason));
  await expect(move(from, to, { clock, signal: waiting.signal })).rejects.toBe(reason);
  for (const { id } of from.workers()) from.leave(id);
  expect(await move(from, to, { clock })).toMatchObject({ jobs: 1 });
});

it("a batch whose answer was lost is written anew, and the lost one can do no more harm", async () => {
  const { from, to, clock } = stores();
  const seq = add(from, "a");
  let late: unknown;
  const losing = meddled(to, (method, when, argument) => {
    if (method !== "take" || when === "after" || late !== undefined) return;
    late = argument;
    throw new AnswerLost("lost; try again");
  });
  let run = 0;
  const watched = {
    ...losing,
    get salt() {
      return to.salt;
    },
    adopter: {
      ...losing.adopter,
      take: async (...given: Parameters<typeof losing.adopter.take>) => {
        run ||= given[0];
        return losing.adopter.take(...given);
      },
    },
  } as Store;
  await move(from, watched, { clock });
  expect(to.get([seq])).toEqual(from.get([seq]));
  expect(() => to.adopter.take(run, late as never)).toThrow(MoveRefused);
});

it.each(["before", "after"] as const)(
  "an end whose answer was lost has ended the move: %s",
  async (lost) => {
    const { from, to, clock } = stores();
    add(from, "a");
    let ends = 0;
    const losing = meddled(to, (method, when) => {
      if (method === "end" && when === lost && ++ends === 1)
        throw new AnswerLost("lost; try again");
    });
    expect(await move(from, losing, { clock })).toEqual({ jobs: 1, copied: 1, left: 0 });
    add(to, "b");
    expect(to.counts()).toMatchObject({ pending: 2 });
  },
);

it("a damaged record is moved as the dead job that it is read as, and gives up its key", async () => {
  const { from, to, clock } = stores();
  const pending = enqueued(
    newJob("a", "1", { uniqueKey: "k", uniqueUntil: "pruned" }, {}, NOW),
    7,
    "no id",
  );
  const dead = damaged({ ...pending, createdAt: -5, maxAttempts: 0 }, "its maxAttempts is 0");
  const sound = enqueued(
    newJob("a", "1", { uniqueKey: "k", uniqueUntil: "pruned" }, {}, NOW),
    9,
    "",
  );
  const broken = withJobs(from, [sound, dead]);
  expect(await move(broken, to, { clock })).toEqual({ jobs: 2, copied: 2, left: 0 });
  const [moved] = to.get([7]);
  expect(moved).toMatchObject({ state: "dead", uniqueKey: "k", failures: [{ kind: "damaged" }] });
  expect(moved?.id).toMatch(/^00000000-0000-7.*0000000007$/);
});

it("two jobs that hold one key, which only damage makes, are told of", async () => {
  const { from, to, clock } = stores();
  const holder = (seq: number) => enqueued(newJob("a", "1", { uniqueKey: "k" }, {}, NOW), seq, "");
  const batches: number[] = [];
  const watched = meddled(to, (method, when, argument) => {
    if (method === "take" && when === "before")
      batches.push((argument as { readonly jobs: readonly Job[] }).jobs.length);
  });
  const refused = move(withJobs(from, [holder(2), holder(1)]), watched, { clock });
  await expect(refused).rejects.toThrow(/let queue.doctor\(\) look for damaged rows/);
  expect(new Set(batches)).toEqual(new Set([1]));
});

it("rows that no id can name are counted, and left", async () => {
  const { from, to, clock } = stores();
  add(from, "a");
  const counted = meddled(from, () => {});
  counted.counts = () => ({ ...from.counts(), pending: 3 });
  expect(await move(counted, to, { clock })).toEqual({ jobs: 1, copied: 1, left: 2 });
});

it("what is no store, no other store or no option is refused before anything is done", async () => {
  const { from, to } = stores();
  const refused = async (...given: unknown[]) =>
    (move as (...all: unknown[]) => Promise<unknown>)(...given).catch(String);
  expect(await refused(from, from)).toMatch(/^TypeError: from and to are the same store/);
  expect(await refused({}, to)).toMatch(/^TypeError: from must be a store .* but is an object/);
  expect(await refused(from, undefined)).toMatch(/^TypeError: to must be a store .* undefined/);
  const { adopter: _, ...closed } = meddled(to, () => {});
  expect(await refused(from, closed)).toMatch(
    /^TypeError: to is an object, a store that cannot be/,
  );
  expect(await refused(from, to, { drain: 1 })).toMatch(/^TypeError: there is no option "drain"/);
  expect(await refused(from, to, { drainMs: -1 })).toMatch(/^RangeError: drainMs must be/);
  expect(await refused(from, to, { drainMs: "1" })).toMatch(/^TypeError: drainMs must be/);
  expect(await refused(from, to, { onProgress: 1 })).toMatch(/^TypeError: onProgress must be/);
  expect(await refused(from, to, { signal: {} })).toMatch(/^TypeError: signal must be/);
  expect(await refused(from, to, { clock: {} })).toMatch(/^TypeError: clock must have/);
  expect(await refused(from, to, { random: 1 })).toMatch(/^TypeError: random must be/);
  to.join({ leaseMs: 1 });
  expect(await refused(from, to)).toMatch(/^MoveRefused: this MemoryStore is in use/);
});

/** Lets things happen when time has passed. */
class PlannedClock extends HastyClock {
  readonly #plan: { readonly at: number; readonly happen: () => void }[] = [];

  at(ms: number, happen: () => void): void {
    this.#plan.push({ at: ms, happen });
  }

  override setTimeout(callback: () => void, delayMs: number): unknown {
    return super.setTimeout(() => {
      while (this.#plan[0] !== undefined && this.#plan[0].at <= this.monotonic())
        this.#plan.shift()?.happen();
      callback();
    }, delayMs);
  }
}

function stores() {
  const [from, to] = [
    new MemoryStore({ random: () => 0.25 }),
    new MemoryStore({ random: () => 0.75 }),
  ];
  return { from, to, clock: new PlannedClock() };
}

function withARunningJob(leaseMs = 3_600_000) {
  const { from, to, clock } = stores();
  const worker = from.join({ leaseMs });
  const [running] = claim(from, worker, add(from, "held"));
  return { from, to, clock, worker, running: running as RunningJob };
}

function add(store: MemoryStore, type: string, payload = "null"): number {
  store.commit({ now: NOW, add: [newJob(type, payload, {}, {}, NOW)] });
  return store.list({ limit: 1 })[0]?.seq ?? 0;
}

function claim(store: MemoryStore, worker: number, ...seqs: readonly number[]) {
  return store.commit({ now: NOW, claim: { worker, limit: seqs.length } }).claimed;
}

/** A store that has these jobs, the newest first. */
function withJobs(store: MemoryStore, jobs: readonly Job[]): Store {
  const having = meddled(store, () => {});
  having.list = ({ states, beforeSeq = Infinity, limit }) =>
    jobs
      .filter(({ seq, state }) => seq < beforeSeq && states?.includes(state) !== false)
      .slice(0, limit);
  having.counts = () => ({ ...store.counts(), pending: jobs.length });
  return having;
}
