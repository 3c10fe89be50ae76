import { cancel, complete, fail, type Job, retry, type WaitingJob } from "@turno/core";
import { expect } from "vitest";
import { seqOf, START } from "../bench.ts";
import type { Examples } from "./example.ts";

export const writes: Examples = {
  "a commit of nothing answers with nothing": async ({ store, now }) => {
    const nothing = { replaced: [], added: [], claimed: [], workerKnown: true };
    expect(await store.commit({ now })).toEqual(nothing);
    expect(await store.commit({ now, replace: [], add: [] })).toEqual(nothing);
  },

  "an added job is there as it was given, waiting, at its first revision": async (bench) => {
    const wish = bench.newJob({
      type: "thumbnail",
      payload: '{"file":"a.png"}',
      priority: -3,
      runAt: START + 60_000,
      ready: false,
      maxAttempts: 7,
      timeoutMs: 5_000,
      backoff: { kind: "exponential", baseMs: 250, capMs: 60_000, jitter: 0.25 },
      uniqueKey: "a.png",
      uniqueUntil: "pruned",
      createdAt: START - 1,
    });
    const { added } = await bench.store.commit({ now: START, add: [wish] });
    expect(added).toEqual([{ id: expect.any(String), added: true }]);
    const [{ id } = { id: "" }] = added;
    const seq = seqOf({ id });
    expect(await bench.find(seq)).toEqual({
      ...wish,
      id,
      seq,
      state: "pending",
      attempt: 0,
      revision: 1,
      failures: [],
    });
  },

  "a commit writes, then adds, then claims": async (bench) => {
    const { store, now } = bench;
    const worker = await bench.join();
    const held = await bench.running(worker, { type: "mail", uniqueKey: "k" });
    const { replaced, added, claimed, workerKnown } = await store.commit({
      now,
      replace: [complete(held, undefined, now)],
      add: [bench.newJob({ uniqueKey: "k" })],
      claim: { worker, limit: 1 },
    });
    expect(replaced).toEqual(["written"]);
    expect(added).toEqual([{ id: expect.any(String), added: true }]);
    expect(claimed.map(({ id }) => id)).toEqual(added.map(({ id }) => id));
    expect(workerKnown).toBe(true);
  },

  "a commit claims what it has just sent back to wait": async (bench) => {
    const worker = await bench.join();
    const held = await bench.running(worker);
    const failed = fail(held, { kind: "error", thrown: "oops", delayMs: 0 }, bench.now);
    const { claimed } = await bench.store.commit({
      now: bench.now,
      replace: [failed],
      claim: { worker, limit: 1 },
    });
    expect(claimed).toMatchObject([{ seq: held.seq, attempt: 2, revision: failed.revision + 1 }]);
  },

  "the answers come in the order of what was asked": async (bench) => {
    const worker = await bench.join();
    const one = await bench.running(worker);
    const two = await bench.running(worker);
    await bench.replace(cancel(one, bench.now));
    const { replaced, added } = await bench.store.commit({
      now: bench.now,
      replace: [complete(one, undefined, bench.now), complete(two, "1", bench.now)],
      add: [{ uniqueKey: "x" }, {}, { uniqueKey: "x" }].map((wish) => bench.newJob(wish)),
    });
    expect(replaced).toEqual(["stale", "written"]);
    expect(added.map((answer) => answer.added)).toEqual([true, true, false]);
    expect(added[2]?.id).toBe(added[0]?.id);
  },

  "a job is written only over the revision at which it was read": async (bench) => {
    const held = await bench.running(await bench.join());
    expect(await bench.replace(cancel(held, bench.now))).toEqual(["written"]);
    const cancelled = await bench.find(held.seq);
    expect(await bench.replace(complete(held, '"late"', bench.now))).toEqual(["stale"]);
    expect(await bench.find(held.seq)).toEqual(cancelled);
  },

  "a job claimed again cannot be settled with what the claim before handed out": async (bench) => {
    const worker = await bench.join();
    const first = await bench.running(worker);
    await bench.replace(fail(first, { kind: "error", thrown: "oops", delayMs: 0 }, bench.now));
    const [second] = await bench.claim(worker);
    expect(second).toMatchObject({ seq: first.seq, attempt: 2 });
    expect(await bench.replace(complete(first, undefined, bench.now))).toEqual(["stale"]);
    expect(await bench.find(first.seq)).toEqual(second);
  },

  "a job of a revision that is not yet due is not written either": async (bench) => {
    const held = await bench.running(await bench.join());
    const ahead = complete({ ...held, revision: held.revision + 1 }, undefined, bench.now);
    expect(await bench.replace(ahead)).toEqual(["stale"]);
    expect(await bench.find(held.seq)).toEqual(held);
  },

  "a stale job keeps no other from being written": async (bench) => {
    const worker = await bench.join();
    const [one, two, three] = [
      await bench.running(worker),
      await bench.running(worker),
      await bench.running(worker),
    ];
    await bench.replace(cancel(two, bench.now));
    const late = [one, two, three].map((job) => complete(job, undefined, bench.now));
    expect(await bench.replace(...late)).toEqual(["written", "stale", "written"]);
    const states = (await bench.all()).map(({ state }) => state);
    expect(states).toEqual(["completed", "cancelled", "completed"]);
  },

  "of two writes over the same revision in one commit the second is stale": async (bench) => {
    const held = await bench.running(await bench.join());
    const first = complete(held, '"first"', bench.now);
    const second = cancel(held, bench.now);
    expect(await bench.replace(first, second)).toEqual(["written", "stale"]);
    expect(await bench.find(held.seq)).toEqual(first);
  },

  "a job may go two steps in one commit": async (bench) => {
    const held = await bench.running(await bench.join());
    const done = complete(held, '"first"', bench.now);
    const afresh = retry(done, bench.now);
    expect(await bench.replace(done, afresh)).toEqual(["written", "written"]);
    expect(await bench.find(held.seq)).toEqual(afresh);
  },

  "a job that was pruned is stale": async (bench) => {
    const held = await bench.running(await bench.join());
    const done = complete(held, undefined, bench.now);
    await bench.replace(done);
    await bench.add({});
    await bench.store.prune({ before: { completed: bench.now }, limit: 1 });
    expect(await bench.replace(retry(done, bench.now))).toEqual(["stale"]);
    expect(await bench.stateOf(held.seq)).toBeUndefined();
  },

  "a thousand jobs are added in one commit, numbered in their order": async (bench) => {
    const wishes = Array.from({ length: 1_000 }, (_, index) => ({ payload: `${index}` }));
    const seqs = await bench.add(...wishes);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(new Set(seqs).size).toBe(1_000);
    const jobs = await bench.store.get(seqs);
    expect(jobs.map((job) => job?.payload)).toEqual(wishes.map(({ payload }) => payload));
  },

  "a thousand jobs are settled in the commit that claims the next": async (bench) => {
    const { store, now } = bench;
    const worker = await bench.join();
    await bench.add(...Array.from({ length: 1_500 }, () => ({})));
    const batch = await bench.claim(worker, { limit: 1_000 });
    expect(batch.length).toBe(1_000);
    const { replaced, claimed } = await store.commit({
      now,
      replace: batch.map((job) => complete(job, "true", now)),
      claim: { worker, limit: 1_000 },
    });
    expect(new Set(replaced)).toEqual(new Set(["written"]));
    expect(claimed.length).toBe(500);
    expect(await store.counts()).toMatchObject({ completed: 1_000, running: 500, pending: 0 });
  },

  "every state of a job is kept as it was written": async (bench) => {
    const worker = await bench.join();
    const held = async () => await bench.running(worker);
    const oops = { kind: "error", thrown: "oops" } as const;
    const later = bench.now + 1;
    const jobs: Job[] = [
      complete(await held(), '{"width":64}', later),
      complete(await held(), undefined, later),
      fail(await held(), oops, later),
      fail(await held(), { ...oops, fatal: true }, later),
      cancel(await held(), later),
    ];
    expect(await bench.replace(...jobs)).toEqual(jobs.map(() => "written"));
    expect(await bench.store.get(jobs.map(({ seq }) => seq))).toEqual(jobs);
    const again = jobs.map((job) => retry(job as WaitingJob, later));
    expect(await bench.replace(...again)).toEqual(again.map(() => "written"));
    expect(await bench.store.get(jobs.map(({ seq }) => seq))).toEqual(again);
  },
};
