import { describe, expect, it } from "vitest";
import { promisesBroken } from "./promises-broken.ts";
import { LEASE_MS, Tale } from "./tale.ts";

function calm(): Tale {
  const tale = new Tale();
  tale.works("a", "b");
  return tale;
}

/** A tale in which `a` runs a job, and something happens before `b` runs it too. */
function takenOver(meanwhile: (tale: Tale, run: ReturnType<Tale["start"]>) => void) {
  const tale = calm();
  const id = tale.enqueue();
  const first = tale.start("a", id);
  tale.pass(10);
  meanwhile(tale, first);
  tale.abandon("b", id);
  tale.run("b", id);
  return tale;
}

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

describe("no stale settling", () => {
  it("accuses an attempt that is settled twice", () => {
    const tale = takenOver((tale) => tale.kill("a"));
    const [id = ""] = tale.jobs.keys();
    tale.tell("a", "failed", id, 1);
    expect(promisesBroken(tale)).toEqual(["no stale settling"]);
  });

  it("accuses a result of a run that was overtaken", () => {
    const tale = calm();
    const id = tale.enqueue();
    const run = tale.start("a", id);
    tale.freeze("a");
    tale.pass(2 * LEASE_MS).abandon("b", id);
    tale.run("b", id);
    tale.thaw("a");
    tale.end(run, "returned");
    expect(promisesBroken(tale)).toEqual([]);
    tale.job(id).run = run.name;
    expect(promisesBroken(tale)).toEqual(["no stale settling"]);
  });

  it("accepts the same attempt again in another life, and after it was given back", () => {
    const tale = calm();
    const id = tale.enqueue();
    tale.run("a", id, "snoozed");
    tale.run("a", id);
    tale.retry(id);
    tale.run("b", id);
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accuses a result from before a retry that is known to have been done", () => {
    const tale = calm();
    const id = tale.enqueue();
    const old = tale.run("a", id);
    const call = tale.invoke("producer", { name: "retry", id });
    tale.write("producer", { kind: "ok", call, did: true });
    expect(promisesBroken(tale)).toEqual(["no stale settling"]);
    expect(tale.job(id).run).toBe(old.name);
  });
});

describe("attempts are counted", () => {
  it("accuses an attempt too many", () => {
    const tale = calm();
    const id = tale.enqueue({ maxAttempts: 1 });
    tale.run("a", id, "snoozed");
    tale.claim("a", id);
    const run = tale.begin("a", id, 2);
    tale.job(id).attempt = 2;
    tale.finish(run);
    expect(promisesBroken(tale)).toEqual(["attempts are counted"]);
  });

  it("accuses an attempt that is made again though it was charged", () => {
    const tale = calm();
    const id = tale.enqueue();
    tale.run("a", id, "threw");
    tale.events.pop();
    tale.job(id).attempt = 0;
    tale.run("a", id);
    expect(promisesBroken(tale)).toEqual(["attempts are counted"]);
  });

  it("accepts an attempt that is made again after its worker has stopped", () => {
    const tale = calm();
    const id = tale.enqueue();
    const run = tale.start("a", id);
    tale.abort(run, "WorkerStopping");
    tale.end(run, "threw");
    tale.settle(run, "released");
    tale.stop("a");
    tale.run("b", id);
    expect(promisesBroken(tale)).toEqual([]);
  });
});

describe("no innocent dead", () => {
  it("accepts a job that was fatal, spent its attempts, timed out or went down with its processes", () => {
    const tale = calm();
    tale.works("c", "d", "e");
    tale.run("a", tale.enqueue(), "fatal");
    const unlucky = tale.enqueue();
    tale.run("a", unlucky, "threw");
    const slow = tale.start("a", unlucky);
    tale.abort(slow, "JobTimedOut");
    tale.settle(slow, "threw");
    tale.end(slow, "returned");
    tale.start("c", unlucky);
    tale.kill("c");
    tale.abandon("a", unlucky);
    const unseen = tale.enqueue({ maxAttempts: 1 });
    tale.claim("d", unseen);
    tale.kill("d");
    tale.abandon("a", unseen);
    expect(tale.seen.map(({ state }) => state)).toEqual(["dead", "dead", "dead"]);
    expect(promisesBroken(tale)).toEqual([]);
  });

  it("accuses a death before the attempts are spent", () => {
    const tale = calm();
    const id = tale.enqueue({ maxAttempts: 3 });
    tale.run("a", id, "threw");
    tale.job(id).state = "dead";
    expect(promisesBroken(tale)).toEqual(["no innocent dead"]);
  });

  it("accuses a death with an attempt that nothing has spent", () => {
    const tale = calm();
    const id = tale.enqueue({ maxAttempts: 2 });
    tale.run("a", id, "threw");
    tale.job(id).attempt = 2;
    tale.job(id).state = "dead";
    expect(promisesBroken(tale)).toEqual(["no innocent dead"]);
  });

  it("accuses a failure of a run that returned in time, and not of one that was too slow", () => {
    for (const timeoutMs of [undefined, 60]) {
      const tale = calm();
      const id = tale.enqueue({ timeoutMs });
      const run = tale.start("a", id);
      tale.pass(60).end(run, "returned");
      tale.settle(run, "threw");
      tale.run("a", id, "fatal");
      expect(promisesBroken(tale)).toEqual(timeoutMs === undefined ? ["no innocent dead"] : []);
    }
  });
});

describe("done twice with cause", () => {
  /** A handler that returns, and once more in another process. */
  function twice(meanwhile: (tale: Tale, run: ReturnType<Tale["start"]>) => void) {
    return takenOver((tale, run) => {
      tale.end(run, "returned");
      meanwhile(tale, run);
    });
  }

  it("accepts it where the process was killed at once, and not where it had time to store the result", () => {
    expect(promisesBroken(twice((tale) => tale.pass(100).kill("a")))).toEqual([]);
    const late = twice((tale) => tale.pass(1_000).kill("a"));
    expect(promisesBroken(late)).toEqual(["done twice with cause"]);
    expect(promisesBroken(late, { unsettledMs: 2_000 })).toEqual([]);
  });

  it("gives a process that stood still or was held up that time on top", () => {
    const frozen = twice((tale) => {
      tale.freeze("a");
      tale.pass(400).thaw("a");
      tale.pass(100).kill("a");
    });
    const blocked = twice((tale, run) => {
      tale.write("a", { kind: "block", run: run.name, ms: 1_000 });
      tale.pass(900).kill("a");
    });
    expect(promisesBroken(frozen)).toEqual([]);
    expect(promisesBroken(blocked)).toEqual([]);
  });

  it("accepts it where the process was frozen at its end, or had trouble", () => {
    const frozen = twice((tale) => {
      tale.freeze("a");
      tale.pass(2 * LEASE_MS);
    });
    const trouble = twice((tale) => tale.write("a", { kind: "trouble", error: "StoreFull" }));
    expect(promisesBroken(frozen)).toEqual([]);
    expect(promisesBroken(trouble)).toEqual([]);
  });

  it("accuses it where the process was frozen long after", () => {
    const tale = twice((tale) => {
      tale.pass(5_000).freeze("a");
      tale.pass(2 * LEASE_MS);
    });
    expect(promisesBroken(tale)).toEqual(["done twice with cause"]);
  });
});
