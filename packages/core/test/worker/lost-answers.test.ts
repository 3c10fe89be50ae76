import { AnswerLost, defineJobs, json, StoreFull, type Write } from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import type { Method } from "../around.ts";
import { fresh } from "../fresh.ts";
import { ManualClock } from "../manual-clock.ts";
import { outcomeOf } from "../outcome-of.ts";

const LEASE_MS = 3_000;
const jobs = defineJobs({ square: { payload: json<number>(), result: json<number>() } });

type Loses = (method: Method, write: Write) => boolean;

/** A store whose answers are lost while `loses` says so: what was asked is done. */
function forgetful() {
  let loses: Loses = () => false;
  let full = false;
  const setting = fresh({
    jobs,
    leaseMs: LEASE_MS,
    between: (method, call, argument) => {
      if (full && method === "commit") throw new StoreFull("no room");
      const done = call();
      if (loses(method, argument)) throw new AnswerLost("the connection ended");
      return done;
    },
  });
  const told: string[] = [];
  const errors: unknown[] = [];
  const runs: number[] = [];
  const work = (durationMs = 100) => {
    const worker = setting.queue.work(
      {
        square: async ({ payload }) => {
          runs.push(payload);
          await after(setting.clock, durationMs);
          return payload * payload;
        },
      },
      { leaseMs: LEASE_MS },
    );
    for (const event of ["completed", "failed", "released"] as const)
      worker.on(event, ({ job }) => told.push(`${event} ${job.payload}`));
    worker.on("lost", () => told.push("lost"));
    worker.on("error", ({ error }) => errors.push(error));
    return worker;
  };
  return {
    ...setting,
    work,
    told,
    errors,
    runs,
    lose: (next: Loses) => (loses = next),
    fill: (next: boolean) => (full = next),
  };
}

/** Loses the answer to the first call that it fits. */
function first(fits: Loses): Loses {
  let done = false;
  return (method, write) => {
    if (done || !fits(method, write)) return false;
    done = true;
    return true;
  };
}

const isSettling: Loses = (method, write) =>
  method === "commit" && (write.replace ?? []).length > 0;
const isClaim: Loses = (method, write) => method === "commit" && write.claim !== undefined;
const isCommit: Loses = (method) => method === "commit";

describe("a store whose answer is lost", () => {
  it("has taken what was settled: it is told as settled, and not as lost", async () => {
    const { queue, clock, work, lose, told, runs } = forgetful();
    const { id } = await queue.enqueue("square", 3);
    lose(first(isSettling));
    work();
    await clock.advance(1_000);
    expect([runs, told]).toEqual([[3], ["completed 3"]]);
    expect(await queue.get(id)).toMatchObject({ state: "completed", attempt: 1, result: 9 });
  });

  it("has taken it too where the store is full when it is asked again", async () => {
    const { queue, clock, work, lose, fill, told, runs } = forgetful();
    await queue.enqueue("square", 3);
    work();
    await clock.advance(50);
    const once = first(isSettling);
    lose((method, write) => {
      const isLost = once(method, write);
      if (isLost) fill(true);
      return isLost;
    });
    await clock.advance(10_000);
    fill(false);
    await clock.advance(10_000);
    expect([runs, told]).toEqual([[3], ["completed 3"]]);
  });

  it("may have refused what was settled: that is told as lost", async () => {
    const { queue, clock, work, lose, told, memory } = forgetful();
    const { id } = await queue.enqueue("square", 3);
    work(100);
    await clock.advance(50);
    lose(first(isSettling));
    await fresh({ jobs, clock, memory }).queue.cancel(id);
    await clock.advance(1_000);
    expect(told).toEqual(["lost"]);
  });

  it("leaves an enqueue in doubt, and says so", async () => {
    const { queue, lose, memory } = forgetful();
    lose(first(isCommit));
    expect(await outcomeOf(queue.enqueue("square", 3))).toMatchObject({
      code: "AnswerLost",
      transient: true,
    });
    expect(memory.counts().pending).toBe(1);
  });

  it("leaves a retry in doubt where the job has moved on, rather than retry it twice", async () => {
    const { queue, clock, lose, memory } = forgetful();
    const { id } = await queue.enqueue("square", 3);
    const other = fresh({ jobs, clock, memory }).queue;
    const runs: number[] = [];
    other.work({ square: ({ payload }) => (runs.push(payload), payload) }, { pollMs: 1 });
    await clock.advance(10);
    expect(runs).toHaveLength(1);
    lose(isCommit);
    const retrying = outcomeOf(queue.retry(id));
    await clock.until(() => runs.length === 2);
    await clock.advance(10);
    lose(() => false);
    await clock.advance(1_000);
    expect(await retrying).toMatchObject({ code: "AnswerLost" });
    expect(runs).toHaveLength(2);
  });

  it("leaves a retry in doubt whose key is taken now, since the first request may come yet", async () => {
    let late: (() => unknown) | undefined;
    let loses = false;
    const { queue, memory, clock } = fresh({
      between: (method, call) => {
        if (method !== "commit" || !loses) return call();
        loses = false;
        late = call;
        throw new AnswerLost("the connection ended");
      },
    });
    const keyed = { uniqueKey: "k" };
    const { id } = await queue.enqueue("a", null, keyed);
    await queue.cancel(id);
    const holder = await queue.enqueue("a", null, keyed);
    loses = true;
    const retrying = outcomeOf(queue.retry(id));
    await clock.advance(1_000);
    expect(await retrying).toMatchObject({ code: "AnswerLost" });
    await queue.cancel(holder.id);
    late?.();
    expect(memory.counts()).toMatchObject({ pending: 1, cancelled: 1 });
  });

  it("settles what shares a commit with an enqueue, and leaves only that in doubt", async () => {
    const { queue, lose, memory } = forgetful();
    await queue.enqueue("square", 3);
    const [job] = await queue.claim({ types: ["square"] });
    lose(first(isCommit));
    const settling = queue.complete(job!, 9);
    const enqueuing = outcomeOf(queue.enqueue("square", 4));
    expect(await settling).toMatchObject({ state: "completed" });
    expect(await enqueuing).toMatchObject({ code: "AnswerLost" });
    expect(memory.counts()).toMatchObject({ completed: 1, pending: 1 });
  });

  it("does what is settled by hand once, and says that it did", async () => {
    const { queue, lose } = forgetful();
    await queue.enqueue("square", 3);
    const [job] = await queue.claim({ types: ["square"] });
    lose(first(isCommit));
    expect(await queue.complete(job!, 9)).toMatchObject({ state: "completed" });
    await expect(queue.complete(job!, 9)).rejects.toMatchObject({ code: "LeaseLost" });
  });

  it("leaves no job running that nobody runs: two beats later it goes back uncharged, and runs", async () => {
    const { queue, clock, work, lose, runs, told, errors } = forgetful();
    const { id } = await queue.enqueue("square", 3, { maxAttempts: 1 });
    lose(first(isClaim));
    work();
    await clock.advance(LEASE_MS);
    expect(told).toEqual(["released 3", "completed 3"]);
    expect(runs).toEqual([3]);
    expect(errors).toMatchObject([{ code: "AnswerLost" }]);
    expect(await queue.get(id)).toMatchObject({ state: "completed", attempt: 1 });
  });

  it("leaves no job with a queue that claims by hand and did not get it", async () => {
    const { queue, clock, lose } = forgetful();
    await queue.enqueue("square", 3);
    lose(first(isClaim));
    expect(await outcomeOf(queue.claim())).toMatchObject({ code: "AnswerLost" });
    await clock.advance(LEASE_MS);
    expect(await queue.claim()).toMatchObject([{ payload: 3, attempt: 1 }]);
  });

  it("takes no job back whose claim is only slow", async () => {
    const { queue, clock, runs, told, work } = slow();
    await queue.enqueue("square", 3);
    work();
    await clock.advance(4 * LEASE_MS);
    expect([runs, told]).toEqual([[3], ["completed 3"]]);
  });

  it("is asked again for what can be asked twice", async () => {
    const { queue, clock, lose } = forgetful();
    const { id } = await queue.enqueue("square", 3);
    for (const asked of ["get", "list", "counts", "pause", "prune"] as const) {
      lose(first((method) => method === asked));
      const calls = {
        get: () => queue.get(id),
        list: () => queue.list(),
        counts: () => queue.counts(),
        pause: () => queue.pause("square"),
        prune: () => queue.prune(),
      };
      const answer = outcomeOf(calls[asked]());
      await clock.advance(100);
      expect(await answer, asked).not.toMatchObject({ code: "AnswerLost" });
    }
  });
});

/** A store that does a claim at once, and answers two leases later. */
function slow() {
  const told: string[] = [];
  const runs: number[] = [];
  const clock = new ManualClock();
  const setting = fresh({
    jobs,
    clock,
    between: (method, call, argument) => {
      const done = call();
      if (!isClaim(method, argument) || runs.length > 0) return done;
      return after(clock, 2 * LEASE_MS).then(() => done);
    },
  });
  const work = () => {
    const worker = setting.queue.work(
      { square: ({ payload }) => (runs.push(payload), payload * payload) },
      { leaseMs: LEASE_MS },
    );
    worker.on("completed", ({ job }) => told.push(`completed ${job.payload}`));
    worker.on("released", () => told.push("released"));
    worker.on("lost", () => told.push("lost"));
  };
  return { ...setting, told, runs, work };
}

it("a claim that is answered late, while the worker looks for what it does not know, is taken in once", async () => {
  const gates = new Map<Method, PromiseWithResolvers<void>>();
  const { queue, clock, memory } = fresh({
    jobs,
    leaseMs: LEASE_MS,
    between: async (method, call, write: Write) => {
      const isGated = method === "get" || (method === "commit" && write.claim !== undefined);
      const given = call();
      if (!isGated || gates.has(method)) return given;
      const gate = Promise.withResolvers<void>();
      gates.set(method, gate);
      await gate.promise;
      return given;
    },
  });
  const told: string[] = [];
  const { id } = await queue.enqueue("square", 3);
  const worker = queue.work(
    {
      square: async ({ payload }) => {
        told.push("run");
        await after(clock, LEASE_MS);
        return payload * payload;
      },
    },
    { leaseMs: LEASE_MS },
  );
  worker.on("released", () => told.push("released"));
  worker.on("completed", () => told.push("completed"));
  // Two beats tell of the job.
  await clock.advance(LEASE_MS);
  gates.get("commit")?.resolve();
  await clock.advance(0);
  gates.get("get")?.resolve();
  await clock.advance(3 * LEASE_MS);
  expect(told).toEqual(["run", "completed"]);
  expect(memory.list({ limit: 1 })[0]).toMatchObject({ id, state: "completed", attempt: 1 });
});
