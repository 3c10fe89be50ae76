import { cancel, complete, fail, start, type WaitingJob } from "@turno/core";
import { expect } from "vitest";
import type { Examples } from "./example.ts";

export const claims: Examples = {
  "a claim starts a job as the rule says, and hands it out as it is stored": async (bench) => {
    const worker = await bench.join();
    const [seq = 0] = await bench.add({ payload: '{"to":"ana"}', uniqueKey: "k", timeoutMs: 9 });
    const waiting = (await bench.find(seq)) as WaitingJob;
    bench.now += 5;
    expect(await bench.claim(worker)).toEqual([start(waiting, worker, bench.now)]);
    expect(await bench.find(seq)).toEqual(start(waiting, worker, bench.now));
  },

  "a claim with nothing to do starts nothing": async (bench) => {
    const worker = await bench.join();
    const answer = await bench.store.commit({ now: bench.now, claim: { worker, limit: 5 } });
    expect(answer).toEqual({ replaced: [], added: [], claimed: [], workerKnown: true });
  },

  "the highest priority is claimed first, then the earliest runAt, then the oldest": async (
    bench,
  ) => {
    const worker = await bench.join();
    const { now } = bench;
    const [a, b, c, d, e, f] = await bench.add(
      { priority: 0, runAt: now - 1 },
      { priority: -1, runAt: now - 9 },
      { priority: 5, runAt: now },
      { priority: 0, runAt: now - 2, type: "thumbnail" },
      { priority: 0, runAt: now - 1, type: "thumbnail" },
      { priority: 5, runAt: now - 3 },
    );
    expect(await bench.claimedSeqs(worker)).toEqual([f, c, d, a, e, b]);
  },

  "priorities are compared as numbers": async (bench) => {
    const worker = await bench.join();
    const priorities = [9, 10, -10, -9, 0, 100, -1, 1];
    await bench.add(...priorities.map((priority) => ({ priority })));
    const claimed = (await bench.claim(worker)).map(({ priority }) => priority);
    expect(claimed).toEqual([100, 10, 9, 1, 0, -1, -9, -10]);
  },

  "a claim starts no more than its limit, the first in order": async (bench) => {
    const worker = await bench.join();
    const [a, b, c] = await bench.add({}, { priority: 1 }, {});
    expect(await bench.claimedSeqs(worker, { limit: 2 })).toEqual([b, a]);
    expect(await bench.claimedSeqs(worker, { limit: 2 })).toEqual([c]);
    expect(await bench.claimedSeqs(worker, { limit: 2 })).toEqual([]);
  },

  "no job is handed to two workers": async (bench) => {
    const [one, two] = [await bench.join(), await bench.join()];
    const seqs = await bench.add({}, {}, {});
    const taken = [
      ...(await bench.claimedSeqs(one, { limit: 2 })),
      ...(await bench.claimedSeqs(two, { limit: 2 })),
    ];
    expect(taken).toEqual(seqs);
  },

  "only waiting jobs are claimed": async (bench) => {
    const worker = await bench.join();
    const jobs = [
      await bench.running(worker),
      await bench.running(worker),
      await bench.running(worker),
      await bench.running(worker),
    ] as const;
    await bench.replace(
      complete(jobs[0], undefined, bench.now),
      fail(jobs[1], { kind: "error", thrown: "", fatal: true }, bench.now),
      cancel(jobs[2], bench.now),
    );
    expect(await bench.claim(worker)).toEqual([]);
  },

  "a failed job is claimed like any other, with one more attempt": async (bench) => {
    const worker = await bench.join();
    const held = await bench.running(worker);
    const failed = fail(held, { kind: "error", thrown: "oops", delayMs: 0 }, bench.now);
    await bench.replace(failed);
    const [before, after] = await bench.add({ priority: 1 }, {});
    expect(await bench.claimedSeqs(worker, { limit: 1 })).toEqual([before]);
    expect(await bench.claim(worker, { limit: 1 })).toEqual([
      start(failed as WaitingJob, worker, bench.now),
    ]);
    expect(await bench.claimedSeqs(worker)).toEqual([after]);
  },

  "a claim starts only jobs of the types it names": async (bench) => {
    const worker = await bench.join();
    const [mail, thumbnail, report] = await bench.add(
      { type: "mail" },
      { type: "thumbnail", priority: 1 },
      { type: "report", priority: 2 },
    );
    const types = ["thumbnail", "mail", "thumbnail", "unheard-of"];
    expect(await bench.claimedSeqs(worker, { types })).toEqual([thumbnail, mail]);
    expect(await bench.claimedSeqs(worker, { types: [] })).toEqual([]);
    expect(await bench.claimedSeqs(worker)).toEqual([report]);
  },

  "a claim that names hundreds of types keeps the order among them": async (bench) => {
    const worker = await bench.join();
    const types = Array.from({ length: 600 }, (_, index) => `type-${index}`);
    const wishes = types.map((type, index) => ({ type, priority: (index * 7) % 600 }));
    await bench.add(...wishes, { type: "other", priority: 1_000 });
    const claimed = await bench.claim(worker, { types, limit: 600 });
    const expected = wishes.toSorted((a, b) => b.priority - a.priority).map(({ type }) => type);
    expect(claimed.map(({ type }) => type)).toEqual(expected);
  },

  "a claim that names hundreds of types of which few have jobs finds these": async (bench) => {
    const worker = await bench.join();
    const types = Array.from({ length: 600 }, (_, index) => `type-${index}`);
    const seqs = await bench.add({ type: "type-599" }, { type: "type-0" }, { type: "type-70" });
    expect(await bench.claimedSeqs(worker, { types, limit: 2 })).toEqual(seqs.slice(0, 2));
  },

  "a claim of any type takes them in order, however many types there are": async (bench) => {
    const worker = await bench.join();
    const wishes = Array.from({ length: 300 }, (_, index) => ({
      type: `type-${(index * 7) % 100}`,
      priority: index % 3,
    }));
    const seqs = await bench.add(...wishes);
    const priorityOf = (index: number) => wishes[index]?.priority ?? 0;
    const order = seqs.map((_, index) => index);
    order.sort((a, b) => priorityOf(b) - priorityOf(a) || a - b);
    expect(await bench.claimedSeqs(worker, { limit: 250 })).toEqual(
      order.slice(0, 250).map((index) => seqs[index]),
    );
  },

  "limitOf caps a type, and the others go on in order": async (bench) => {
    const worker = await bench.join();
    const [a, b, , c, d] = await bench.add(
      { type: "mail", priority: 9 },
      { type: "mail", priority: 8 },
      { type: "mail", priority: 7 },
      { type: "thumbnail", priority: 1 },
      { type: "report" },
    );
    const limitOf = new Map([
      ["mail", 2],
      ["report", 5],
    ]);
    expect(await bench.claimedSeqs(worker, { limitOf })).toEqual([a, b, c, d]);
  },

  "limitOf 0 leaves a type out": async (bench) => {
    const worker = await bench.join();
    const [, thumbnail] = await bench.add({ priority: 1 }, { type: "thumbnail" });
    const limitOf = new Map([["mail", 0]]);
    expect(await bench.claimedSeqs(worker, { limitOf, types: ["mail", "thumbnail"] })).toEqual([
      thumbnail,
    ]);
  },

  "limitOf lets a claim pass over a long row of a type that it has enough of": async (bench) => {
    const worker = await bench.join();
    const mails = await bench.add(...Array.from({ length: 200 }, () => ({ priority: 1 })));
    const others = await bench.add({ type: "thumbnail" }, { type: "report" });
    const limitOf = new Map([["mail", 3]]);
    expect(await bench.claimedSeqs(worker, { limitOf, limit: 5 })).toEqual([
      ...mails.slice(0, 3),
      ...others,
    ]);
  },

  "a job on its last attempt but one is not claimed to wait beyond the slots": async (bench) => {
    const worker = await bench.join();
    const [a, b, c, d] = await bench.add({}, { maxAttempts: 2 }, { maxAttempts: 1 }, {});
    expect(await bench.claimedSeqs(worker, { slots: 2 })).toEqual([a, b]);
    expect(await bench.claimedSeqs(worker, { slots: 1 })).toEqual([c, d]);
  },

  "nothing overtakes a job that the slots keep from being claimed": async (bench) => {
    const worker = await bench.join();
    const [a, b, c] = await bench.add({ priority: 2 }, { priority: 1, maxAttempts: 1 }, {});
    expect(await bench.claimedSeqs(worker, { slots: 1 })).toEqual([a]);
    expect(await bench.claimedSeqs(worker, { slots: 1, limit: 1 })).toEqual([b]);
    expect(await bench.claimedSeqs(worker, { slots: 0 })).toEqual([c]);
  },

  "a paused type is claimed by nobody until it goes on": async (bench) => {
    const worker = await bench.join();
    const [mail, thumbnail] = await bench.add({ priority: 5 }, { type: "thumbnail" });
    expect(await bench.store.pause({ type: "mail", paused: true })).toEqual(["mail"]);
    expect(await bench.claimedSeqs(worker)).toEqual([thumbnail]);
    expect(await bench.claimedSeqs(worker, { types: ["mail"] })).toEqual([]);
    expect(await bench.store.pause({ type: "mail", paused: false })).toEqual([]);
    expect(await bench.claimedSeqs(worker, { types: ["mail"] })).toEqual([mail]);
  },

  "a type can be paused before it has jobs, and twice": async (bench) => {
    const { store } = bench;
    await store.pause({ type: "b", paused: true });
    await store.pause({ type: "a", paused: true });
    await store.pause({ type: "b", paused: true });
    expect([...(await store.pause())].sort()).toEqual(["a", "b"]);
    await store.pause({ type: "b", paused: false });
    await store.pause({ type: "never-paused", paused: false });
    expect(await store.pause()).toEqual(["a"]);
  },

  "a worker that is not known claims nothing, but the rest of its commit is done": async (
    bench,
  ) => {
    const worker = await bench.join();
    const held = await bench.running(worker);
    await bench.store.leave(worker);
    const done = complete(held, undefined, bench.now);
    const answer = await bench.store.commit({
      now: bench.now,
      replace: [done],
      add: [bench.newJob()],
      claim: { worker, limit: 1 },
    });
    expect(answer).toMatchObject({
      replaced: ["written"],
      added: [{ added: true }],
      claimed: [],
      workerKnown: false,
    });
    expect(await bench.store.counts()).toMatchObject({ completed: 1, pending: 1, running: 0 });
  },

  "a worker that never joined claims nothing": async (bench) => {
    const worker = await bench.join();
    await bench.add({});
    const claim = { worker: worker + 1_000, limit: 1 };
    const answer = await bench.store.commit({ now: bench.now, claim });
    expect(answer).toMatchObject({ claimed: [], workerKnown: false });
  },
};
