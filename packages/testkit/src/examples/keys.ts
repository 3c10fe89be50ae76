import { complete, type NewJob, retry } from "@turno/core";
import { expect } from "vitest";
import { type Bench, seqOf } from "../bench.ts";
import type { Examples } from "./example.ts";

export const keys: Examples = {
  "a taken key answers with the job that holds it, and nothing is added": async (bench) => {
    const [holder] = await bench.add({ uniqueKey: "k" });
    const [answer] = await ask(bench, { uniqueKey: "k", payload: '"other"' });
    expect(answer).toEqual({ id: (await bench.find(holder ?? 0)).id, added: false });
    expect((await bench.all()).map(({ payload }) => payload)).toEqual(["null"]);
  },

  "of two jobs with one key in the same call the first is added": async (bench) => {
    const answers = await ask(bench, { uniqueKey: "k" }, { uniqueKey: "l" }, { uniqueKey: "k" });
    expect(answers.map(({ added }) => added)).toEqual([true, true, false]);
    expect(answers[2]?.id).toBe(answers[0]?.id);
    expect((await bench.all()).length).toBe(2);
  },

  "a refused job leaves the others of its call their places": async (bench) => {
    await bench.add({ uniqueKey: "k" });
    const answers = await ask(bench, { payload: "1" }, { uniqueKey: "k" }, { payload: "2" });
    const jobs = await bench.store.get(
      [answers[0], answers[2]].map((it) => seqOf(it ?? { id: "" })),
    );
    expect(jobs.map((job) => job?.payload)).toEqual(["1", "2"]);
  },

  "a key is unique among the jobs of its type only": async (bench) => {
    const answers = await ask(bench, { uniqueKey: "k" }, { type: "thumbnail", uniqueKey: "k" });
    expect(answers.map(({ added }) => added)).toEqual([true, true]);
  },

  "jobs without a key never stand in each other's way": async (bench) => {
    const answers = await ask(bench, {}, {}, { uniqueUntil: "pruned" }, { uniqueUntil: "pruned" });
    expect(answers.map(({ added }) => added)).toEqual([true, true, true, true]);
  },

  "a key is held while its job waits and while it runs": async (bench) => {
    const worker = await bench.join();
    const held = await bench.running(worker, { uniqueKey: "k" });
    expect(await ask(bench, { type: "held", uniqueKey: "k" })).toEqual([
      { id: held.id, added: false },
    ]);
  },

  "a key until finished is free once its job is finished": async (bench) => {
    const held = await bench.running(await bench.join(), { uniqueKey: "k" });
    await bench.replace(complete(held, undefined, bench.now));
    expect(await ask(bench, { type: "held", uniqueKey: "k" })).toMatchObject([{ added: true }]);
    expect(await bench.find(held.seq)).toMatchObject({ uniqueKey: "k", uniqueUntil: "finished" });
  },

  "a key until pruned is free only once its job is pruned": async (bench) => {
    const wish = { type: "held", uniqueKey: "k", uniqueUntil: "pruned" } as const;
    const held = await bench.running(await bench.join(), wish);
    await bench.replace(complete(held, undefined, bench.now));
    expect(await ask(bench, wish)).toEqual([{ id: held.id, added: false }]);
    await bench.add({});
    expect(await bench.store.prune({ before: { completed: bench.now }, limit: 10 })).toBe(1);
    expect(await ask(bench, wish)).toMatchObject([{ added: true }]);
  },

  "a retry onto a taken key writes nothing and says who holds it": async (bench) => {
    const held = await bench.running(await bench.join(), { uniqueKey: "k" });
    const done = complete(held, undefined, bench.now);
    await bench.replace(done);
    const [holder] = await ask(bench, { type: "held", uniqueKey: "k" });
    expect(await bench.replace(retry(done, bench.now))).toEqual([{ keyHeldBy: holder?.id }]);
    expect(await bench.find(held.seq)).toEqual(done);
  },

  "a key that a job of the same commit has taken is not taken from it": async (bench) => {
    const worker = await bench.join();
    const one = await bench.running(worker, { uniqueKey: "k" });
    await bench.replace(complete(one, undefined, bench.now));
    const two = await bench.running(worker, { uniqueKey: "k" });
    await bench.replace(complete(two, undefined, bench.now));
    const again = [one, two].map((job) => retry(complete(job, undefined, bench.now), bench.now));
    expect(await bench.replace(...again)).toEqual(["written", { keyHeldBy: one.id }]);
  },

  "a key that is freed earlier in the commit can be taken": async (bench) => {
    const worker = await bench.join();
    const one = await bench.running(worker, { uniqueKey: "k" });
    const done = complete(one, undefined, bench.now);
    await bench.replace(done);
    const two = await bench.running(worker, { uniqueKey: "k" });
    const written = await bench.replace(
      complete(two, undefined, bench.now),
      retry(done, bench.now),
    );
    expect(written).toEqual(["written", "written"]);
  },

  "a stale job is stale, whoever holds its key": async (bench) => {
    const held = await bench.running(await bench.join(), { uniqueKey: "k" });
    const done = complete(held, undefined, bench.now);
    await bench.replace(done, retry(done, bench.now));
    const [again] = await bench.claim(await bench.join());
    await bench.replace(complete(again ?? held, undefined, bench.now));
    await ask(bench, { type: "held", uniqueKey: "k" });
    expect(await bench.replace(retry(done, bench.now))).toEqual(["stale"]);
  },

  "a job that holds its key can be written": async (bench) => {
    const [seq = 0] = await bench.add({ uniqueKey: "k", runAt: bench.now + 1_000 });
    const job = await bench.find(seq);
    if (job.state !== "pending") throw new Error("an added job is pending");
    expect(await bench.replace(retry(job, bench.now))).toEqual(["written"]);
    expect(await ask(bench, { uniqueKey: "k" })).toEqual([{ id: job.id, added: false }]);
  },

  "keys are the same only when every character is": async (bench) => {
    const different = [
      "a",
      "A",
      "a ",
      " a",
      "é",
      "e\u0301",
      "ä",
      "1",
      "1.0",
      "01",
      "%",
      "_",
      "'",
      '"',
    ];
    const answers = await ask(bench, ...different.map((uniqueKey) => ({ uniqueKey })));
    expect(answers.map(({ added }) => added)).toEqual(different.map(() => true));
    const again = await ask(bench, ...different.map((uniqueKey) => ({ uniqueKey })));
    expect(again).toEqual(answers.map(({ id }) => ({ id, added: false })));
  },
};

async function ask(bench: Bench, ...wishes: readonly Partial<NewJob>[]) {
  const add = wishes.map((wish) => bench.newJob(wish));
  return (await bench.store.commit({ now: bench.now, add })).added;
}
