import { describe, expect, it } from "vitest";
import { promisesBroken } from "./promises-broken.ts";
import { calm, takenOver } from "./taken-over.ts";
import { LEASE_MS, Tale } from "./tale.ts";

describe("one run at a time, and nobody's job is taken without cause", () => {
  it("accuses who takes the job of a worker that is well", () => {
    const tale = takenOver(() => {});
    expect(promisesBroken(tale)).toEqual(["one run at a time", "taken with cause"]);
  });

  it("accepts it where the process was killed, or ended itself", () => {
    expect(promisesBroken(takenOver((tale) => tale.kill("a")))).toEqual([]);
    const died = takenOver((tale, run) => {
      tale.write("a", { kind: "die", run: run.name });
      tale.write("nurse", { kind: "exited", of: "a", code: 7, signal: null });
    });
    expect(promisesBroken(died)).toEqual([]);
  });

  it("accepts it where the process was frozen past its lease, also when it goes on", () => {
    const tale = takenOver((tale) => {
      tale.freeze("a");
      tale.pass(LEASE_MS);
    });
    tale.thaw("a");
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accuses it where the process was frozen for a moment only, or long ago", () => {
    const moment = takenOver((tale) => {
      tale.freeze("a");
      tale.pass(LEASE_MS / 4);
      tale.thaw("a");
    });
    expect(promisesBroken(moment)).toEqual(["one run at a time", "taken with cause"]);
    const tale = calm();
    tale.freeze("a");
    tale.pass(5_000).thaw("a");
    const id = tale.pass(5_000).enqueue();
    tale.start("a", id);
    tale.abandon("b", id);
    tale.run("b", id);
    expect(promisesBroken(tale)).toEqual(["one run at a time", "taken with cause"]);
  });

  it("accepts it where another was frozen and nobody could write meanwhile, and not where somebody did", () => {
    for (const somebodyWrites of [false, true]) {
      const tale = takenOver((tale) => {
        tale.freeze("c");
        tale.pass(LEASE_MS / 2);
        if (somebodyWrites) tale.run("b", tale.enqueue());
        tale.pass(LEASE_MS / 2).thaw("c");
      });
      const broken = somebodyWrites ? ["one run at a time", "taken with cause"] : [];
      expect(promisesBroken(tale)).toEqual(broken);
    }
  });

  it("accepts it where the store had trouble, or what was sent to it may have been held up", () => {
    const trouble = takenOver((tale) => tale.write("a", { kind: "trouble", error: "StoreFull" }));
    expect(promisesBroken(trouble)).toEqual([]);
    for (const [error, isTrouble] of [
      ["StoreFull", true],
      ["KeyTaken", false],
    ] as const) {
      const refused = takenOver((tale) => {
        const call = tale.invoke("a", { name: "prune" });
        tale.write("a", { kind: "fail", call, error });
      });
      expect(promisesBroken(refused).length === 0).toBe(isTrouble);
    }
    const hindered = takenOver((tale) => {
      tale.write("nurse", { kind: "hindered", of: "a", forMs: LEASE_MS });
    });
    expect(promisesBroken(hindered)).toEqual([]);
  });

  it("accepts it where the store had trouble of which a busy process could tell only afterwards", () => {
    for (const isTold of [true, false]) {
      const tale = takenOver((tale, run) => {
        tale.write("a", { kind: "block", run: run.name, ms: 3 * LEASE_MS });
        tale.pass(2 * LEASE_MS);
      });
      tale.pass(LEASE_MS);
      if (isTold) tale.write("a", { kind: "trouble", error: "StoreBusy" });
      expect(promisesBroken(tale)).toEqual(isTold ? [] : ["one run at a time", "taken with cause"]);
    }
  });

  it("takes a process that was frozen twice at a time for frozen until it was thawed twice", () => {
    const tale = takenOver((tale) => {
      tale.freeze("a");
      tale.freeze("a");
      tale.pass(10).thaw("a");
      tale.pass(LEASE_MS).thaw("a");
    });
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accepts a run beside one that had been given back when its worker left", () => {
    const tale = calm();
    const id = tale.enqueue();
    tale.start("a", id);
    tale.job(id).attempt = 0;
    tale.run("b", id);
    tale.stop("a");
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accepts it where the handler did not end when its worker stopped", () => {
    const tale = takenOver((tale, run) => {
      tale.abort(run, "WorkerStopping");
      tale.pass(100).stop("a");
    });
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accuses it where the worker stopped after its handler had returned", () => {
    const tale = takenOver((tale, run) => {
      tale.end(run, "returned");
      tale.pass(400).stop("a");
    });
    expect(promisesBroken(tale)).toEqual(["taken with cause", "done twice with cause"]);
  });

  it("does not take a busy event loop for silence, unless a handler's time was over or its beat stands still too", () => {
    const busy = (wanted: object, beatsByTimer: boolean) => {
      const tale = new Tale();
      for (const name of ["a", "b"])
        tale.write(name, { kind: "works", types: ["mail"], leaseMs: LEASE_MS, beatsByTimer });
      const id = tale.enqueue(wanted);
      const run = tale.start("a", id);
      tale.write("a", { kind: "block", run: run.name, ms: 3 * LEASE_MS });
      tale.pass(2 * LEASE_MS);
      tale.abandon("b", id);
      tale.run("b", id);
      return promisesBroken(tale);
    };
    expect(busy({}, false)).toEqual(["one run at a time", "taken with cause"]);
    expect(busy({ timeoutMs: 100 }, false)).toEqual([]);
    expect(busy({}, true)).toEqual([]);
  });

  it("accepts another run once the handler was told to end, or its worker has failed it", () => {
    const aborted = calm();
    const slow = aborted.enqueue();
    const run = aborted.start("a", slow);
    aborted.pass(100).abort(run, "JobTimedOut");
    aborted.settle(run, "threw");
    aborted.run("b", slow);
    aborted.pass(100).end(run, "threw");
    expect(promisesBroken(aborted)).toEqual([]);
    const deaf = calm();
    const id = deaf.enqueue();
    const ignoring = deaf.start("a", id);
    deaf.pass(100).settle(ignoring, "threw");
    deaf.run("b", id);
    deaf.pass(100).end(ignoring, "returned");
    expect(promisesBroken(deaf)).toEqual([]);
  });

  it("accepts another run of a job that was cancelled and retried, until its worker must have heard", () => {
    for (const afterMs of [10, 2 * LEASE_MS]) {
      const tale = calm();
      const id = tale.enqueue();
      const run = tale.start("a", id);
      tale.cancel(id);
      tale.retry(id);
      tale.pass(afterMs);
      tale.run("b", id);
      tale.end(run, "returned");
      expect(promisesBroken(tale)).toEqual(afterMs === 10 ? [] : ["one run at a time"]);
    }
  });

  it("accepts a handler that is called late, when its process wakes up", () => {
    const tale = calm();
    const id = tale.enqueue();
    tale.claim("a", id);
    tale.freeze("a");
    tale.pass(2 * LEASE_MS).abandon("b", id);
    const second = tale.start("b", id);
    tale.thaw("a");
    const late = tale.begin("a", id, 1);
    tale.finish(second);
    tale.abort(late, "LeaseLost");
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accepts that a job is taken before its handler was called only where a process was lost", () => {
    for (const isKilled of [true, false]) {
      const tale = calm();
      const id = tale.enqueue();
      tale.claim("a", id);
      if (isKilled) tale.kill("a");
      tale.abandon("b", id);
      tale.run("b", id);
      expect(promisesBroken(tale)).toEqual(isKilled ? [] : ["taken with cause"]);
    }
  });

  it("does not let one kill explain two losses", () => {
    const tale = takenOver((tale) => tale.kill("a"));
    const [id = ""] = tale.jobs.keys();
    tale.events.length -= 2;
    tale.abandon("c", id);
    tale.run("c", id);
    expect(promisesBroken(tale)).toContain("taken with cause");
  });
});
