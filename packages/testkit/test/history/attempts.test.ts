import { describe, expect, it } from "vitest";
import { promisesBroken } from "./promises-broken.ts";
import { calm, takenOver } from "./taken-over.ts";
import { LEASE_MS, type Tale } from "./tale.ts";

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
