import {
  cancel,
  complete,
  fail,
  isFinishedState,
  type Job,
  JOB_STATES,
  MemoryStore,
  retry,
  snooze,
  type Write,
} from "@turno/core";
import { SqliteStore } from "@turno/store-sqlite";
import fc from "fast-check";
import { expect, it } from "vitest";
import { aJob } from "./a-job.ts";
import { betterSqlitePort } from "./better-sqlite-port.ts";

const NOW = 1_000;
const ACTS = ["nothing", "complete", "fail", "fail at once", "bury", "snooze", "cancel", "retry"];

it("counts are those of the same jobs in memory, whatever became of them", () => {
  const round = fc.record({
    add: fc.array(fc.boolean(), { maxLength: 6 }),
    limit: fc.nat({ max: 6 }),
    acts: fc.array(fc.constantFrom(...ACTS), { minLength: 40, maxLength: 40 }),
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(round, { maxLength: 6 }), (rounds) => {
      const random = () => 0.5;
      const memory = new MemoryStore({ random });
      const sqlite = new SqliteStore(betterSqlitePort(), { random });
      const worker = memory.join({ leaseMs: 30_000 });
      expect(sqlite.join({ leaseMs: 30_000 })).toBe(worker);
      for (const { add, limit, acts } of rounds) {
        const started: Write = {
          now: NOW,
          add: add.map((ready) => aJob({ ready, runAt: ready ? NOW : NOW + 1 })),
          claim: { worker, limit },
        };
        for (const store of [memory, sqlite]) store.commit(started);
        const jobs = memory.list({ limit: 100 });
        const replace = jobs.flatMap((job, at) => acted(job, acts[at] ?? "nothing"));
        for (const store of [memory, sqlite]) store.commit({ now: NOW, replace });
        const counts = memory.counts();
        expect(sqlite.counts()).toEqual(counts);
        expect(sqlite.mostJobs()).toBe(jobs.length);
        for (const state of JOB_STATES) if (counts[state] > 0) seen.add(state);
      }
    }),
  );
  expect(seen).toEqual(new Set(JOB_STATES));
});

it("what was pruned counts to the most that there can be, until older jobs are pruned, too", () => {
  const store = new SqliteStore(betterSqlitePort());
  expect(store.mostJobs()).toBe(0);
  store.commit({ now: NOW, add: Array.from({ length: 5 }, () => aJob()) });
  const [newest, , middle, , oldest] = store.list({ limit: 5 });
  const cancelled = (job: Job | undefined) => (job?.state === "pending" ? [cancel(job, NOW)] : []);
  store.commit({ now: NOW, replace: [...cancelled(middle), ...cancelled(newest)] });
  store.prune({ before: { cancelled: NOW }, limit: 5 });
  expect([store.counts().pending, store.mostJobs()]).toEqual([3, 5]);
  store.commit({ now: NOW, replace: cancelled(oldest) });
  store.prune({ before: { cancelled: NOW }, limit: 5 });
  expect([store.counts().pending, store.mostJobs()]).toEqual([2, 4]);
});

function acted(job: Job, act: string): Job[] {
  if (isFinishedState(job.state)) return act === "retry" ? [retry(job as never, NOW)] : [];
  if (job.state !== "running") return act === "cancel" ? [cancel(job as never, NOW)] : [];
  const failing = { kind: "error" as const, thrown: "no" };
  if (act === "complete") return [complete(job, undefined, NOW)];
  if (act === "fail") return [fail(job, failing, NOW)];
  if (act === "fail at once") return [fail(job, { ...failing, delayMs: 0 }, NOW)];
  if (act === "bury") return [fail(job, { ...failing, fatal: true }, NOW)];
  if (act === "snooze") return [snooze(job, NOW + 1, NOW)];
  return act === "cancel" ? [cancel(job, NOW)] : [];
}
