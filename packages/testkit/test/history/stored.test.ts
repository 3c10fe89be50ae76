import { judge } from "@turno/testkit";
import { describe, expect, it } from "vitest";
import { promisesBroken } from "./promises-broken.ts";
import { calm } from "./taken-over.ts";
import { Tale } from "./tale.ts";

describe("nothing lost", () => {
  it("keeps quiet where every job comes to its end", () => {
    const tale = calm();
    tale.run("a", tale.enqueue());
    tale.run("b", tale.enqueue(), "fatal");
    tale.cancel(tale.enqueue());
    expect(judge(tale.evidence())).toEqual([]);
  });

  it("accuses a job that is not there in the end, and says when it was stored", () => {
    const tale = calm();
    const id = tale.enqueue();
    tale.jobs.delete(id);
    expect(judge(tale.evidence())).toEqual([
      { promise: "nothing lost", what: "job job 3, stored by 3 ms, is not there in the end" },
    ]);
  });

  it("accuses a job that waits for ever, unless jobs may be left", () => {
    const tale = calm();
    tale.enqueue();
    expect(promisesBroken(tale)).toEqual(["nothing lost"]);
    expect(promisesBroken(tale, { finished: false })).toEqual([]);
  });

  it("accuses a job that was finished and waits again in the end", () => {
    const tale = calm();
    const id = tale.enqueue();
    tale.run("a", id);
    Object.assign(tale.job(id), { state: "failed", run: undefined });
    expect(promisesBroken(tale, { finished: false })).toContain("nothing lost");
  });

  it("accuses a job that is completed without having run, or by a run that threw", () => {
    const tale = calm();
    const id = tale.enqueue();
    Object.assign(tale.job(id), { state: "completed", attempt: 1 });
    expect(promisesBroken(tale)).toEqual(["nothing lost"]);
    const other = calm();
    const thrown = other.enqueue();
    const run = other.run("a", thrown, "threw");
    Object.assign(other.job(thrown), { state: "completed", run: run.name });
    expect(promisesBroken(other)).toContain("nothing lost");
  });

  it("accepts a result of a process that was killed before it had written down the end", () => {
    const tale = calm();
    const id = tale.enqueue();
    const run = tale.start("a", id);
    Object.assign(tale.job(id), { state: "completed", run: run.name, revision: 3 });
    tale.kill("a");
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accuses a worker that tells of a job it has not run", () => {
    const tale = calm();
    const id = tale.enqueue();
    const run = tale.start("a", id);
    tale.end(run, "returned");
    tale.settle({ ...run, process: "b" }, "returned");
    expect(promisesBroken(tale)).toEqual(["nothing lost"]);
  });

  it("accuses a job that is cancelled though nobody has cancelled it", () => {
    const tale = calm();
    tale.job(tale.enqueue()).state = "cancelled";
    expect(promisesBroken(tale)).toEqual(["nothing lost"]);
  });

  it("accepts that a call without an answer stored all of its jobs or none, and not some", () => {
    const tale = calm();
    const jobs = [tale.handedIn(), tale.handedIn()];
    tale.invoke("producer", { name: "enqueue", jobs });
    tale.kill("producer");
    expect(promisesBroken(tale)).toEqual([]);
    const ids = jobs.map((job) => tale.store(job));
    for (const id of ids) tale.run("a", id);
    expect(promisesBroken(tale)).toEqual([]);
    const half = calm();
    half.invoke("producer", { name: "enqueue", jobs });
    half.run("a", half.store(jobs[1] as never));
    expect(promisesBroken(half)).toEqual(["nothing lost"]);
  });
});

describe("nothing invented", () => {
  it("accuses a job that nobody handed in", () => {
    const tale = calm();
    tale.run("a", tale.store(tale.handedIn()));
    expect(promisesBroken(tale)).toEqual(["nothing invented"]);
  });

  it("accuses a payload, a type or a limit that has changed", () => {
    for (const change of [{ payload: '"other"' }, { type: "other" }, { maxAttempts: 9 }]) {
      const tale = calm();
      const id = tale.enqueue();
      Object.assign(tale.job(id), change);
      tale.run("a", id);
      expect(promisesBroken(tale)).toEqual(["nothing invented"]);
    }
  });

  it("accuses one payload under two ids, unless it was handed in twice", () => {
    const tale = calm();
    const job = tale.handedIn();
    tale.run("a", tale.enqueue(job));
    tale.run("a", tale.store(job));
    expect(promisesBroken(tale)).toEqual(["nothing invented"]);
    tale.invoke("producer", { name: "enqueue", jobs: [job] });
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accuses an id that two calls were told", () => {
    const tale = calm();
    const id = tale.enqueue();
    const call = tale.invoke("producer", { name: "enqueue", jobs: [tale.handedIn()] });
    tale.ok("producer", call, [{ id, added: true }]);
    tale.run("a", id);
    expect(promisesBroken(tale)).toEqual(["nothing invented"]);
  });

  it("accuses a job that runs before it was handed in", () => {
    const tale = calm();
    const job = tale.handedIn();
    const id = tale.store(job);
    tale.run("a", id);
    const call = tale.pass(100).invoke("producer", { name: "enqueue", jobs: [job] });
    tale.ok("producer", call, [{ id, added: true }]);
    expect(promisesBroken(tale)).toEqual(["nothing invented"]);
  });

  it("accuses more unknown jobs than calls can have left, where payloads are left out", () => {
    const tale = calm();
    tale.invoke("producer", { name: "enqueue", jobs: [tale.handedIn()] });
    const stored = () =>
      Object.assign(tale.job(tale.store(tale.handedIn({ payload: undefined as never }))), {
        state: "pending",
      });
    stored();
    expect(promisesBroken(tale, { finished: false })).toEqual([]);
    stored();
    expect(promisesBroken(tale, { finished: false })).toEqual(["nothing invented"]);
  });
});

describe("refused is refused", () => {
  it("accuses a refused job that is stored or run, and none that was only not answered", () => {
    for (const kind of ["fail", "info"] as const) {
      const tale = calm();
      const job = tale.handedIn();
      const call = tale.invoke("producer", { name: "enqueue", jobs: [job] });
      tale.write("producer", { kind, call, error: "StoreFull" });
      tale.run("a", tale.store(job));
      expect(promisesBroken(tale)).toEqual(kind === "fail" ? ["refused is refused"] : []);
    }
  });
});

describe("rows match jobs", () => {
  const terms = { transactional: ["mail"] };

  function withRun() {
    const tale = calm();
    const id = tale.enqueue();
    const run = tale.run("a", id);
    return { tale, row: { id, run: run.name } };
  }

  it("accepts one row of the run that completed the job", () => {
    const { tale, row } = withRun();
    expect(promisesBroken(tale, terms, { rows: [row] })).toEqual([]);
  });

  it("accuses a row too few, too many, of another run, or of a job that is not completed", () => {
    const { tale, row } = withRun();
    for (const rows of [[], [row, row], [{ ...row, run: "other" }]])
      expect(promisesBroken(tale, terms, { rows })).toEqual(["rows match jobs"]);
    const dead = calm();
    const id = dead.enqueue();
    const run = dead.run("a", id, "fatal");
    expect(promisesBroken(dead, terms, { rows: [{ id, run: run.name }] })).toEqual([
      "rows match jobs",
    ]);
  });
});

describe("one holder of a key", () => {
  it("accepts a key that is taken again once its holder may be finished", () => {
    const tale = calm();
    const first = tale.enqueue({ uniqueKey: "k" });
    tale.end(tale.start("a", first), "returned");
    const second = tale.pass(100).enqueue({ uniqueKey: "k" });
    Object.assign(tale.job(first), { state: "completed", holdsKey: undefined });
    tale.run("a", second);
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accepts keys of different types, and calls that were not answered", () => {
    const tale = calm();
    tale.run("a", tale.enqueue({ uniqueKey: "k" }));
    tale.run("a", tale.enqueue({ uniqueKey: "k", type: "other" }));
    const job = tale.handedIn({ uniqueKey: "k" });
    tale.invoke("producer", { name: "enqueue", jobs: [job] });
    const call = tale.invoke("b", { name: "enqueue", jobs: [tale.handedIn({ uniqueKey: "k" })] });
    const holder = tale.store(job);
    tale.ok("b", call, [{ id: holder, added: false }]);
    tale.run("a", holder);
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accepts that a call which was sent again is told of the job that it has added itself", () => {
    const tale = calm();
    const job = tale.handedIn({ uniqueKey: "k" });
    const call = tale.invoke("producer", { name: "enqueue", jobs: [job] });
    const id = tale.store(job);
    tale.ok("producer", call, [{ id, added: false }]);
    tale.run("a", id);
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accepts a key that is taken again where its holder may have died with its process", () => {
    for (const maxAttempts of [1, 2]) {
      const tale = calm();
      const first = tale.enqueue({ uniqueKey: "k", maxAttempts });
      tale.kill("b");
      tale.pass(100).run("a", tale.enqueue({ uniqueKey: "k" }));
      Object.assign(tale.job(first), { attempt: maxAttempts, state: "dead", holdsKey: undefined });
      expect(promisesBroken(tale).includes("one holder of a key")).toBe(maxAttempts === 2);
    }
  });

  it("accuses two live jobs that were added with one key", () => {
    const tale = calm();
    const first = tale.enqueue({ uniqueKey: "k" });
    const second = tale.enqueue({ uniqueKey: "k" });
    tale.pass(100).run("a", first);
    tale.run("a", second);
    expect(promisesBroken(tale)).toEqual(["one holder of a key"]);
  });

  it("accuses jobs that are seen to hold one key", () => {
    const tale = calm();
    const first = tale.enqueue();
    const second = tale.enqueue();
    for (const id of [first, second]) tale.job(id).holdsKey = "k";
    expect(promisesBroken(tale, { finished: false })).toContain("one holder of a key");
  });

  it("accuses an answer that names a job that is finished, has another key, or does not exist", () => {
    const tale = calm();
    const finished = tale.enqueue({ uniqueKey: "k" });
    tale.run("a", finished);
    const other = tale.enqueue({ uniqueKey: "other" });
    tale.run("a", other);
    for (const id of [finished, other, "nobody"]) {
      const told = Object.assign(new Tale(), { now: tale.now + 500 });
      told.events.push(...tale.events);
      for (const [id, job] of tale.jobs) told.jobs.set(id, job);
      const jobs = [told.handedIn({ uniqueKey: "k", payload: `"${id} again"` })];
      const call = told.invoke("b", { name: "enqueue", jobs });
      told.ok("b", call, [{ id, added: false }]);
      expect(promisesBroken(told)).toEqual(["one holder of a key"]);
    }
  });
});

describe("pruned only when old", () => {
  const terms = { retentionMs: 5_000 };

  function finished(id: string, tale: Tale) {
    tale.run("a", id);
    tale.pass(2_000);
  }

  it("accepts that a job goes when it has been finished for long enough", () => {
    const tale = calm();
    const id = tale.enqueue();
    finished(id, tale);
    tale.pass(5_000);
    tale.jobs.delete(id);
    tale.see();
    expect(promisesBroken(tale, terms)).toEqual([]);
  });

  it("accuses a job that goes too early, or while it lives", () => {
    const early = calm();
    const id = early.enqueue();
    finished(id, early);
    early.jobs.delete(id);
    early.see();
    expect(promisesBroken(early, terms)).toEqual(["pruned only when old"]);
    const live = calm();
    const waiting = live.enqueue();
    const job = live.job(waiting);
    live.pass(20_000).jobs.delete(waiting);
    live.see();
    live.jobs.set(waiting, job);
    live.run("a", waiting);
    expect(promisesBroken(live, terms)).toEqual(["pruned only when old"]);
  });

  it("accuses a job that is gone in the end too early, and one that goes though all are kept", () => {
    const tale = calm();
    const id = tale.enqueue();
    finished(id, tale);
    tale.jobs.delete(id);
    expect(promisesBroken(tale, terms)).toEqual(["pruned only when old"]);
    expect(promisesBroken(tale)).toEqual(["nothing lost"]);
  });

  it("allows for wall clocks that were set", () => {
    const tale = calm();
    const id = tale.enqueue();
    finished(id, tale);
    tale.write("nurse", { kind: "jumped", of: "a", byMs: 10_000 });
    tale.jobs.delete(id);
    tale.see();
    expect(promisesBroken(tale, terms)).toEqual([]);
  });
});
