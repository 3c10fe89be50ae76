import { getEventListeners } from "node:events";
import { type AnyClaimedJob, type AnyJobs, type WorkerOptions } from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";
import { gated } from "../gated.ts";
import type { ManualClock } from "../manual-clock.ts";

type Job = AnyClaimedJob<AnyJobs>;

/** A worker with these jobs running, and what it told. */
async function busy(
  handler: (job: Job, clock: ManualClock) => unknown,
  count = 1,
  options: WorkerOptions = {},
) {
  const setting = fresh();
  const { queue, clock } = setting;
  const answers = await queue.enqueueMany(
    Array.from({ length: count }, (_, payload) => ({ type: "a", payload })),
  );
  const jobs: Job[] = [];
  const worker = queue.work(
    {
      a: (job) => {
        jobs.push(job);
        return handler(job, clock);
      },
    },
    options,
  );
  const told: string[] = [];
  for (const name of ["completed", "failed", "dead", "released", "lost", "stopped"] as const)
    worker.on(name, () => told.push(name));
  await clock.until(() => jobs.length === Math.min(count, options.concurrency ?? 10));
  const states = async () => {
    const found = await Promise.all(answers.map(({ id }) => queue.get(id)));
    return found.map((job) => [job?.state, job?.attempt]);
  };
  return { ...setting, worker, jobs, told, states };
}

/** When, from now on, the promise resolves. */
function instantOf(clock: { monotonic(): number }, promise: Promise<unknown>) {
  const start = clock.monotonic();
  const seen: { at: number | undefined } = { at: undefined };
  void promise.then(() => (seen.at = clock.monotonic() - start));
  return seen;
}

describe("stop", () => {
  it("of an idle worker is done at once, and leaves nothing behind", async () => {
    const { queue, clock, memory } = fresh();
    const worker = queue.work({ a: () => {} });
    await clock.advance(10);
    const stopped = instantOf(clock, worker.stop());
    await clock.advance(0);
    expect(stopped.at).toBe(0);
    expect(memory.workers()).toEqual([]);
    expect(clock.timers).toBe(0);
    await queue.enqueue("a");
    await clock.advance(60_000);
    expect(await queue.summary()).toContain("pending 1,");
  });

  it("claims no more, and waits for handlers while it still beats", async () => {
    const { clock, worker, memory, states, told, queue } = await busy(
      (_, clock) => after(clock, 15_000),
      3,
      {
        concurrency: 2,
        leaseMs: 3_000,
      },
    );
    const stopped = instantOf(clock, worker.stop());
    const beat = memory.workers()[0]!.beat;
    await clock.advance(12_000);
    expect(memory.workers()[0]!.beat - beat).toBe(12);
    expect(stopped.at).toBeUndefined();
    await queue.enqueue("a");
    await clock.advance(3_000);
    expect(stopped.at).toBe(15_000);
    expect(await states()).toEqual([
      ["completed", 1],
      ["completed", 1],
      ["pending", 0],
    ]);
    expect(told).toEqual(["completed", "completed", "stopped"]);
    expect(memory.workers()).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it("sends back at once, uncharged, what is claimed ahead", async () => {
    const { queue, clock, memory } = fresh();
    await queue.enqueueMany(Array.from({ length: 60 }, () => ({ type: "a" })));
    let started = 0;
    const worker = queue.work(
      {
        a: () => {
          started++;
          return after(clock, 10);
        },
      },
      { concurrency: 1 },
    );
    await clock.until(() => started === 30);
    expect(memory.counts().running).toBeGreaterThan(3);
    void worker.stop();
    await clock.advance(1);
    expect(memory.counts()).toMatchObject({ running: 1, pending: 30 });
    await clock.advance(10);
    expect(memory.counts()).toMatchObject({ completed: 30, pending: 30 });
    const { jobs } = await queue.list({ states: ["pending"] });
    expect(jobs.every(({ attempt }) => attempt === 0)).toBe(true);
  });

  it("aborts after graceMs, and gives back uncharged what ends within abortMs", async () => {
    const ended = (job: Job) =>
      new Promise<void>((_, reject) =>
        job.signal.addEventListener("abort", () => reject(new Error("x"))),
      );
    const { clock, worker, jobs, states, told } = await busy(ended, 2, {
      graceMs: 4_000,
      abortMs: 500,
    });
    const stopped = instantOf(clock, worker.stop());
    await clock.advance(3_999);
    expect(jobs.map(({ signal }) => signal.aborted)).toEqual([false, false]);
    await clock.advance(1);
    expect(jobs[0]?.signal.reason).toMatchObject({ code: "WorkerStopping" });
    expect(stopped.at).toBe(4_000);
    expect(await states()).toEqual([
      ["pending", 0],
      ["pending", 0],
    ]);
    expect(told).toEqual(["released", "released", "stopped"]);
    expect(clock.timers).toBe(0);
  });

  it("fails, charged, what has not ended by then", async () => {
    const { clock, worker, queue, states, told } = await busy(
      ({ signal }) => {
        void signal;
        return new Promise(() => {});
      },
      1,
      { graceMs: 1_000, abortMs: 500 },
    );
    const errors: unknown[] = [];
    worker.on("failed", ({ error }) => errors.push(error));
    const stopped = instantOf(clock, worker.stop());
    await clock.advance(2_000);
    expect(stopped.at).toBe(1_500);
    expect(await states()).toEqual([["failed", 1]]);
    expect(told).toEqual(["failed", "stopped"]);
    expect(errors).toMatchObject([{ code: "WorkerStopping" }]);
    const { jobs } = await queue.list();
    expect(jobs[0]?.failures).toMatchObject([{ kind: "timeout", name: "WorkerStopping" }]);
    expect(clock.timers).toBe(0);
  });

  it("keeps what a handler did that never looked at its signal, and ends within abortMs", async () => {
    const { clock, worker, states } = await busy((_, clock) => after(clock, 1_200), 1, {
      graceMs: 1_000,
    });
    void worker.stop();
    await clock.advance(2_000);
    expect(await states()).toEqual([["completed", 1]]);
  });

  it("leaves no timer of a handler that never ends, though it has a timeoutMs", async () => {
    const { queue, clock } = fresh();
    await queue.enqueue("a", null, { timeoutMs: 10 ** 8 });
    const gate = gated();
    const worker = queue.work({ a: () => gate.handler() }, { graceMs: 0, abortMs: 100 });
    await clock.until(() => gate.running === 1);
    const stopped = instantOf(clock, worker.stop());
    await clock.advance(200);
    expect(stopped.at).toBe(100);
    expect(clock.timers).toBe(0);
  });

  it("called again can shorten the grace, and not lengthen it", async () => {
    const { clock, worker, jobs } = await busy(() => new Promise(() => {}), 1, {
      graceMs: 10_000,
      abortMs: 0,
    });
    const first = instantOf(clock, worker.stop());
    await clock.advance(1_000);
    const second = instantOf(clock, worker.stop({ graceMs: 500 }));
    const third = instantOf(clock, worker.stop({ graceMs: 60_000 }));
    await clock.advance(499);
    expect(jobs[0]?.signal.aborted).toBe(false);
    await clock.advance(10);
    expect([first.at, second.at, third.at]).toEqual([1_500, 500, 500]);
    expect(clock.timers).toBe(0);
  });

  it("with no grace aborts at once", async () => {
    const { clock, worker, jobs } = await busy(() => new Promise(() => {}), 1, { abortMs: 0 });
    const stopped = instantOf(clock, worker.stop({ graceMs: 0 }));
    await clock.advance(1);
    expect(jobs[0]?.signal.aborted).toBe(true);
    expect(stopped.at).toBe(0);
  });

  it("refuses a grace that is none, and goes on working", async () => {
    const { clock, queue, worker, memory } = await busy(() => {}, 1);
    await expect(async () => worker.stop({ graceMs: -1 })).rejects.toThrow(/graceMs .* -1/);
    await queue.enqueue("a");
    await clock.until(() => memory.counts().completed === 2);
  });

  it("still lets a timeout fail its attempt while it waits", async () => {
    const { queue, clock } = fresh();
    const { id } = await queue.enqueue("a", null, { timeoutMs: 2_000 });
    const gate = gated();
    const worker = queue.work({ a: () => gate.handler() }, { abortMs: 300 });
    await clock.until(() => gate.running === 1);
    const stopped = instantOf(clock, worker.stop());
    await clock.advance(10_000);
    expect(stopped.at).toBe(2_300);
    expect(await queue.get(id)).toMatchObject({
      state: "failed",
      failures: [{ name: "JobTimedOut" }],
    });
  });

  it("can be asked for by a handler", async () => {
    const { queue, clock, memory } = fresh();
    await queue.enqueue("a");
    const worker = queue.work({ a: () => void worker.stop() });
    const stopped = instantOf(clock, worker.stopped);
    await clock.advance(10);
    expect(stopped.at).toBe(0);
    expect(memory.counts().completed).toBe(1);
  });
});

describe("a worker", () => {
  it("stops when its signal is aborted", async () => {
    const { queue, clock, memory } = fresh();
    const controller = new AbortController();
    const worker = queue.work({ a: () => {} }, { signal: controller.signal });
    await clock.advance(10);
    const stopped = instantOf(clock, worker.stopped);
    controller.abort();
    await clock.advance(0);
    expect(stopped.at).toBe(0);
    expect(memory.workers()).toEqual([]);
  });

  it("never starts when its signal is aborted already", async () => {
    const { queue, clock, memory } = fresh();
    await queue.enqueue("a");
    const worker = queue.work({ a: () => {} }, { signal: AbortSignal.abort() });
    const told: string[] = [];
    worker.on("stopped", () => told.push("stopped"));
    const stopped = instantOf(clock, worker.stopped);
    await clock.advance(0);
    expect([stopped.at, told]).toEqual([0, ["stopped"]]);
    expect(memory.workers()).toEqual([]);
    expect(memory.counts().pending).toBe(1);
    expect(clock.timers).toBe(0);
  });

  it("that has stopped is not kept by a signal that lives on", async () => {
    const { queue, clock } = fresh();
    const { signal } = new AbortController();
    const worker = queue.work({ a: () => {} }, { signal });
    await clock.advance(10);
    await worker.stop();
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("is stopped by `await using`", async () => {
    const { queue, clock, memory } = fresh();
    {
      await using worker = queue.work({ a: () => {} });
      void worker;
      await clock.advance(10);
      expect(memory.workers()).toHaveLength(1);
    }
    expect(memory.workers()).toEqual([]);
  });

  it("is stopped before it has begun", async () => {
    const { queue, clock, memory } = fresh();
    const worker = queue.work({ a: () => {} });
    await worker.stop();
    await clock.advance(0);
    expect(memory.workers()).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});
