import { complete, encodeJobId, FINISHED_STATES, JOB_STATES, SALT_LIMIT } from "@turno/core";
import { expect } from "vitest";
import type { Bench } from "../bench.ts";
import type { Examples } from "./example.ts";

export const lists: Examples = {
  "an empty store has no jobs": async ({ store }) => {
    expect(await store.list({ limit: 10 })).toEqual([]);
    expect(await store.get([1, 2])).toEqual([undefined, undefined]);
    expect(await store.get([])).toEqual([]);
    expect(await store.counts()).toEqual(Object.fromEntries(JOB_STATES.map((it) => [it, 0])));
  },

  "get answers for each number in the order asked": async (bench) => {
    const [a = 0, b = 0] = await bench.add({ payload: "1" }, { payload: "2" });
    const found = await bench.store.get([b, a + 1_000_000, a, b]);
    expect(found.map((job) => job?.payload)).toEqual(["2", undefined, "1", "2"]);
  },

  "get finds a thousand jobs at once": async (bench) => {
    const seqs = await bench.add(...Array.from({ length: 1_000 }, () => ({})));
    const found = await bench.store.get(seqs);
    expect(found.map((job) => job?.seq)).toEqual(seqs);
  },

  "a list has the newest job first, and no more than its limit": async (bench) => {
    const [a, b, c] = await bench.add({ priority: 1 }, { runAt: bench.now + 1 }, {});
    expect(await seqsOf(bench, { limit: 10 })).toEqual([c, b, a]);
    expect(await seqsOf(bench, { limit: 2 })).toEqual([c, b]);
  },

  "pages follow one another by row number": async (bench) => {
    const seqs = await bench.add({}, {}, {}, {}, {});
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = seqs;
    expect(await seqsOf(bench, { limit: 2 })).toEqual([e, d]);
    expect(await seqsOf(bench, { beforeSeq: d, limit: 2 })).toEqual([c, b]);
    expect(await seqsOf(bench, { beforeSeq: b, limit: 2 })).toEqual([a]);
    expect(await seqsOf(bench, { beforeSeq: a, limit: 2 })).toEqual([]);
    expect(await seqsOf(bench, { beforeSeq: Infinity, limit: 5 })).toEqual([e, d, c, b, a]);
  },

  "a list can be of certain states": async (bench) => {
    const { pending, running, completed } = await someOfEach(bench);
    expect(await seqsOf(bench, { states: ["running"], limit: 10 })).toEqual([running]);
    expect(await seqsOf(bench, { states: FINISHED_STATES, limit: 10 })).toEqual([completed]);
    const both = await seqsOf(bench, { states: ["pending", "completed"], limit: 10 });
    expect(both).toEqual([pending, completed]);
    expect(await seqsOf(bench, { states: ["dead"], limit: 10 })).toEqual([]);
    expect(await seqsOf(bench, { states: [], limit: 10 })).toEqual([]);
  },

  "a list can be of certain types": async (bench) => {
    const [a, b, c] = await bench.add({}, { type: "thumbnail" }, { type: "report" });
    expect(await seqsOf(bench, { types: ["thumbnail"], limit: 10 })).toEqual([b]);
    expect(await seqsOf(bench, { types: ["report", "mail", "report"], limit: 10 })).toEqual([c, a]);
    expect(await seqsOf(bench, { types: ["unheard-of"], limit: 10 })).toEqual([]);
    expect(await seqsOf(bench, { types: [], limit: 10 })).toEqual([]);
  },

  "filters narrow each other": async (bench) => {
    const worker = await bench.join();
    const one = await bench.running(worker, { type: "mail" });
    const two = await bench.running(worker, { type: "thumbnail" });
    const three = await bench.running(worker, { type: "mail" });
    await bench.add({ type: "mail" });
    await bench.store.leave(worker);
    const found = await seqsOf(bench, { states: ["running"], types: ["mail"], limit: 10 });
    expect(found).toEqual([three.seq, one.seq]);
    const filter = {
      orphaned: true,
      types: ["mail", "thumbnail"],
      beforeSeq: three.seq,
      limit: 10,
    };
    expect(await seqsOf(bench, filter)).toEqual([two.seq, one.seq]);
    expect(await seqsOf(bench, { orphaned: true, states: ["pending"], limit: 10 })).toEqual([]);
    expect(await seqsOf(bench, { orphaned: false, types: ["thumbnail"], limit: 10 })).toEqual([
      two.seq,
    ]);
  },

  "counts tell how many jobs there are in each state, also where there is none": async (bench) => {
    await someOfEach(bench);
    const none = { failed: 0, dead: 0, cancelled: 0 };
    const counts = await bench.store.counts();
    expect(counts).toEqual({ pending: 1, running: 1, completed: 1, ...none });
    await bench.add({}, { runAt: bench.now + 1 });
    expect(await bench.store.counts()).toEqual({ ...counts, pending: 3 });
  },

  "the salt is a number below its limit and the same at every look": async ({ store }) => {
    expect(Number.isInteger(store.salt) && store.salt >= 0 && store.salt < SALT_LIMIT).toBe(true);
    const { salt } = store;
    await store.join({ leaseMs: 1 });
    expect(store.salt).toBe(salt);
  },

  "an id carries the job's birth, the salt and the row number": async (bench) => {
    const createdAt = bench.now - 12_345;
    const [seq = 0] = await bench.add({ createdAt });
    const id = encodeJobId({ createdAt, salt: bench.store.salt, seq });
    expect((await bench.find(seq)).id).toBe(id);
  },

  "row numbers are whole, positive and rise with age": async (bench) => {
    const seqs = [...(await bench.add({}, {})), ...(await bench.add({})), ...(await bench.add({}))];
    expect(seqs.every((seq) => Number.isInteger(seq) && seq > 0)).toBe(true);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  },
};

async function seqsOf(bench: Bench, filter: Parameters<Bench["store"]["list"]>[0]) {
  return (await bench.store.list(filter)).map(({ seq }) => seq);
}

async function someOfEach(bench: Bench) {
  const worker = await bench.join();
  const done = await bench.running(worker);
  await bench.replace(complete(done, undefined, bench.now));
  const { seq: running } = await bench.running(worker);
  const [pending] = await bench.add({});
  return { completed: done.seq, running, pending };
}
