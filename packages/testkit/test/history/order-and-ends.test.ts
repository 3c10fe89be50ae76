import { account, judge } from "@turno/testkit";
import { describe, expect, it } from "vitest";
import { promisesBroken } from "./promises-broken.ts";
import { calm } from "./taken-over.ts";
import { LEASE_MS, Tale } from "./tale.ts";

describe("in order", () => {
  const terms = { aheadMs: 200 };

  /** Two jobs, the second of which is started long before the first. */
  function overtaken(first: object, second: object, meanwhile: (tale: Tale) => void = () => {}) {
    const tale = calm();
    const a = tale.enqueue(first);
    const b = tale.enqueue(second);
    tale.run("a", b);
    meanwhile(tale);
    tale.pass(500).run("a", a);
    return tale;
  }

  it("accuses a job that overtakes an older one, or one of a higher priority", () => {
    expect(promisesBroken(overtaken({}, {}), terms)).toEqual(["in order"]);
    expect(promisesBroken(overtaken({ priority: 2 }, { priority: 1 }), terms)).toEqual([
      "in order",
    ]);
    expect(promisesBroken(overtaken({}, {}))).toEqual([]);
  });

  it("accepts what has a higher priority, another type or a delay, and what was claimed ahead", () => {
    for (const [first, second] of [
      [{ priority: 1 }, { priority: 2 }],
      [{}, { type: "other" }],
      [{ delayMs: 100 }, {}],
    ] as const)
      expect(promisesBroken(overtaken(first, second), terms)).toEqual([]);
    expect(promisesBroken(overtaken({}, {}), { aheadMs: 600 })).toEqual([]);
  });

  it("accepts it where what held the older one may have been lost, or held up", () => {
    const killed = overtaken({}, {}, (tale) => tale.kill("b"));
    const blocked = overtaken({}, {}, (tale) => {
      const run = tale.start("b", tale.enqueue());
      tale.write("b", { kind: "block", run: run.name, ms: 450 });
      tale.finish(run);
    });
    expect(promisesBroken(killed, terms)).toEqual([]);
    expect(promisesBroken(blocked, terms)).toEqual([]);
  });

  it("does not compare the ages that different wall clocks give", () => {
    const jumps = (tale: Tale) => tale.write("nurse", { kind: "jumped", of: "b", byMs: 1_000 });
    expect(promisesBroken(overtaken({}, {}, jumps), terms)).toEqual([]);
    const higher = overtaken({ priority: 2 }, { priority: 1 }, jumps);
    expect(promisesBroken(higher, terms)).toEqual(["in order"]);
  });
});

describe("finished stays", () => {
  it("accepts what is seen on the way, and another life after a retry", () => {
    const tale = calm();
    const id = tale.enqueue();
    tale.see();
    const run = tale.start("a", id);
    tale.see();
    tale.finish(run);
    tale.see();
    tale.retry(id);
    tale.see();
    tale.run("b", id, "fatal");
    tale.see();
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accuses a job that is finished and seen in another state, or runs once more", () => {
    const seen = calm();
    const id = seen.enqueue();
    seen.run("a", id);
    seen.see();
    Object.assign(seen.job(id), { state: "failed", run: undefined, revision: 4 });
    seen.see();
    seen.run("b", id);
    const broken = promisesBroken(seen);
    expect(broken).toContain("finished stays");
  });

  it("accuses a write that is taken back", () => {
    const tale = calm();
    const id = tale.enqueue();
    tale.run("a", id, "threw");
    tale.see();
    Object.assign(tale.job(id), { state: "pending", attempt: 0, revision: 1 });
    tale.see();
    expect(promisesBroken(tale, { finished: false })).toContain("finished stays");
  });

  it("accuses one revision that is seen as two things", () => {
    const tale = calm();
    const id = tale.enqueue();
    tale.see();
    tale.job(id).state = "running";
    tale.see();
    expect(promisesBroken(tale, { finished: false })).toEqual(["finished stays"]);
  });

  it("accuses a job that was told completed and is dead", () => {
    const tale = calm();
    const id = tale.enqueue();
    tale.run("a", id, "returned");
    Object.assign(tale.job(id), { state: "dead", run: undefined });
    expect(promisesBroken(tale)).toContain("finished stays");
  });

  it("accuses a start after a cancel as soon as every worker must have heard of it", () => {
    for (const afterMs of [10, 2 * LEASE_MS]) {
      const tale = calm();
      const id = tale.enqueue();
      tale.claim("a", id);
      tale.cancel(id);
      tale.pass(afterMs);
      tale.end(tale.begin("a", id, 1), "returned");
      expect(promisesBroken(tale)).toEqual(afterMs === 10 ? [] : ["finished stays"]);
    }
  });
});

describe("runs again soon", () => {
  const terms = { rerunWithinMs: 1_000 };

  function killed(afterMs: number, meanwhile: (tale: Tale) => void = () => {}) {
    const tale = calm().pass(100);
    const id = tale.enqueue();
    tale.start("a", id);
    tale.kill("a");
    meanwhile(tale);
    tale.pass(afterMs).abandon("b", id);
    tale.run("b", id);
    return promisesBroken(tale, terms);
  }

  it("accuses a wait though a worker was there, and accepts it where none was", () => {
    expect(killed(500)).toEqual([]);
    expect(killed(2_000)).toEqual(["runs again soon"]);
    expect(killed(2_000, (tale) => tale.freeze("b"))).toEqual([]);
    expect(killed(2_000, (tale) => tale.write("nurse", { kind: "asked", of: "b" }))).toEqual([]);
  });

  it("accepts a wait for a worker whose slots are all taken", () => {
    for (const concurrency of [1, 2]) {
      const tale = new Tale();
      tale.works("a");
      tale.write("b", { kind: "works", types: ["mail"], leaseMs: LEASE_MS, concurrency });
      tale.pass(100);
      const busy = tale.start("b", tale.enqueue());
      const id = tale.enqueue();
      tale.start("a", id);
      tale.kill("a");
      tale.pass(2_000).finish(busy);
      tale.abandon("b", id);
      tale.run("b", id);
      expect(promisesBroken(tale, terms)).toEqual(concurrency === 1 ? [] : ["runs again soon"]);
    }
  });

  it("accepts a wait after a second loss", () => {
    const tale = calm();
    tale.works("c");
    const id = tale.enqueue();
    for (const name of ["a", "b"]) {
      tale.start(name, id);
      tale.kill(name);
      tale.abandon("c", id);
      if (name === "b") tale.pass(5_000);
    }
    tale.run("c", id);
    expect(promisesBroken(tale, terms)).toEqual([]);
  });
});

describe("processes survive", () => {
  const exits = (code: number | null, signal: string | null, before?: (tale: Tale) => void) => {
    const tale = calm();
    before?.(tale);
    tale.write("nurse", { kind: "exited", of: "a", code, signal });
    return promisesBroken(tale);
  };

  it("accuses a process that ends by itself", () => {
    expect(exits(1, null)).toEqual(["processes survive"]);
    expect(exits(0, null)).toEqual(["processes survive"]);
    expect(exits(null, "SIGSEGV")).toEqual(["processes survive"]);
  });

  it("accepts one that was killed, asked or stopped, and one that never worked", () => {
    expect(exits(null, "SIGKILL", (tale) => tale.kill("a"))).toEqual([]);
    const asked = (tale: Tale) => tale.write("nurse", { kind: "asked", of: "a" });
    expect(exits(null, "SIGTERM", asked)).toEqual([]);
    expect(exits(0, null, (tale) => tale.write("a", { kind: "stopped" }))).toEqual([]);
    const tale = calm();
    tale.write("nurse", { kind: "exited", of: "producer", code: 0, signal: null });
    expect(promisesBroken(tale)).toEqual([]);
  });
});

describe("a history", () => {
  it("may come in any order, as from several files", () => {
    const tale = calm();
    for (let job = 0; job < 20; job++) tale.run(job % 2 === 0 ? "a" : "b", tale.enqueue());
    const files = Map.groupBy(tale.events, ({ process }) => process);
    const events = [...files.values()].flat();
    expect(events).not.toEqual(tale.events);
    expect(judge({ ...tale.evidence(), events })).toEqual([]);
  });

  it("is refused where it speaks of what never began", () => {
    for (const happening of [
      { kind: "end", run: "run 0", how: "returned" },
      { kind: "ok", call: "call 0" },
    ] as const) {
      const tale = calm();
      tale.write("a", happening);
      expect(() => judge(tale.evidence())).toThrow(/(run|call) 0, which (was )?never/);
    }
  });

  it("gives an account", () => {
    const tale = calm();
    const id = tale.enqueue();
    tale.start("a", id);
    tale.kill("a");
    tale.abandon("b", id);
    tale.run("b", id);
    tale.run("b", tale.enqueue(), "fatal");
    tale.cancel(tale.enqueue());
    tale.freeze("b");
    expect(account(tale.evidence())).toMatchObject({
      acknowledged: 3,
      refused: 0,
      completed: 1,
      dead: 1,
      cancelled: 1,
      missing: 0,
      runs: 3,
      ranAgain: 1,
      doneTwice: 0,
      abandoned: 1,
      killed: 1,
      frozen: 1,
    });
  });
});
