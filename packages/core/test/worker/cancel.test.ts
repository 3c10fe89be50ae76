import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";
import { turns } from "../turns.ts";

function working(handler: (job: { id: string; signal: AbortSignal }) => unknown, options = {}) {
  const setting = fresh();
  const worker = setting.queue.work({ a: handler }, options);
  const told: { name: string; reason?: unknown }[] = [];
  for (const name of ["completed", "failed", "dead", "released", "lost"] as const) {
    worker.on(name, (event: object) => told.push({ name, ...event }));
  }
  return { ...setting, worker, told };
}

describe("cancelling a job that runs", () => {
  it("aborts its signal at once, with JobCancelled, and refuses what its handler returns", async () => {
    const signals: AbortSignal[] = [];
    const { queue, clock, told } = working(({ signal }) => {
      signals.push(signal);
      return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    });
    const { id } = await queue.enqueue("a");
    await clock.until(() => signals.length === 1);
    expect(await queue.cancel(id)).toBe(true);
    expect(signals[0]?.reason).toMatchObject({
      code: "JobCancelled",
      message: expect.stringContaining(id),
    });
    await clock.advance(30_000);
    expect(await queue.get(id)).toMatchObject({ state: "cancelled", revision: 3 });
    expect(told).toEqual([{ name: "lost", id, type: "a", reason: signals[0]?.reason }]);
  });

  it("reaches the signal also of a handler that asks for it only afterwards", async () => {
    let reason: unknown;
    const { queue, clock } = working(async (job) => {
      await queue.cancel(job.id);
      reason = job.signal.reason;
    });
    await queue.enqueue("a");
    await clock.until(() => reason !== undefined);
    expect(reason).toMatchObject({ code: "JobCancelled" });
  });

  it("by its own handler is told once, also where the handler does not wait for it", async () => {
    const { queue, clock, told } = working((job) => {
      void queue.cancel(job.id);
    });
    const { id } = await queue.enqueue("a");
    await clock.advance(2_000);
    const { state } = (await queue.get(id))!;
    expect(told.map(({ name }) => name)).toEqual([state === "cancelled" ? "lost" : "completed"]);
  });

  it("keeps its slot while the handler runs on, but no longer than abortMs", async () => {
    let runs = 0;
    const { queue, clock } = working(
      () => {
        runs++;
        return new Promise(() => {});
      },
      { concurrency: 1, abortMs: 400 },
    );
    const { id } = await queue.enqueue("a");
    await queue.enqueue("a");
    await clock.until(() => runs === 1);
    await queue.cancel(id);
    expect(await clock.until(() => runs === 2)).toBe(400);
  });

  it("by another process is learnt at the next beat", async () => {
    let signal: AbortSignal | undefined;
    const { queue, clock, memory, told } = working(
      (job) => {
        signal = job.signal;
        return after(clock, 60_000);
      },
      { leaseMs: 3_000 },
    );
    const { id } = await queue.enqueue("a");
    await clock.until(() => signal !== undefined);
    await fresh({ memory, clock }).queue.cancel(id);
    await turns();
    expect(signal?.aborted).toBe(false);
    await clock.advance(1_000);
    expect(signal?.reason).toMatchObject({ code: "JobCancelled" });
    expect(told).toMatchObject([{ name: "lost", id }]);
    await clock.advance(60_000);
    expect(told).toHaveLength(1);
  });

  it("by another process just before it ends is told as lost, with JobCancelled", async () => {
    const { queue, clock, memory, told } = working(() => after(clock, 100));
    const { id } = await queue.enqueue("a");
    await clock.advance(50);
    await fresh({ memory, clock }).queue.cancel(id);
    await clock.advance(100);
    expect(told).toMatchObject([{ name: "lost", id }]);
    expect(await queue.get(id)).toMatchObject({ state: "cancelled" });
  });

  it("by another process is no failure of a handler that settled by hand in vain", async () => {
    const { queue, clock, memory, told } = working(async (job) => {
      await after(clock, 100);
      await queue.complete(job as never);
    });
    const { id } = await queue.enqueue("a");
    await clock.advance(50);
    await fresh({ memory, clock }).queue.cancel(id);
    await clock.advance(100);
    expect(told).toMatchObject([{ name: "lost", id }]);
  });

  it("and retrying it runs it again, though its first handler still runs", async () => {
    const attempts: AbortSignal[] = [];
    const ends: (() => void)[] = [];
    const { queue, clock } = working(({ signal }) => {
      attempts.push(signal);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
    const { id } = await queue.enqueue("a");
    await clock.until(() => attempts.length === 1);
    await queue.cancel(id);
    await queue.retry(id);
    await clock.until(() => attempts.length === 2);
    ends[0]?.();
    await clock.advance(10);
    expect(attempts.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(await queue.get(id)).toMatchObject({ state: "running" });
    ends[1]?.();
    await clock.advance(10);
    expect(await queue.get(id)).toMatchObject({ state: "completed", attempt: 1 });
  });
});

describe("cancelling a job that is claimed ahead", () => {
  it("keeps it from being started, and is told once", async () => {
    const started: unknown[] = [];
    const { queue, clock, told } = working(
      (job) => {
        started.push(job.id);
        return after(clock, 10);
      },
      { concurrency: 1 },
    );
    const answers = await queue.enqueueMany(Array.from({ length: 60 }, () => ({ type: "a" })));
    await clock.until(() => started.length === 30);
    const { jobs } = await queue.list({ states: ["running"] });
    const [last] = jobs;
    expect(jobs.length).toBeGreaterThan(2);
    await queue.cancel(last!.id);
    await queue.pause("a");
    await clock.advance(1_000);
    await queue.resume("a");
    await clock.advance(3_000);
    expect(started).not.toContain(last!.id);
    expect(told.filter(({ name }) => name === "lost")).toMatchObject([{ id: last!.id }]);
    expect(new Set(started).size).toBe(answers.length - 1);
  });
});

describe("a handler that settles its job by hand", () => {
  it.each(["complete", "release", "snooze", "fail"] as const)(
    "by %s is left to it",
    async (how) => {
      const { queue, clock, memory } = fresh();
      const told: string[] = [];
      let runs = 0;
      const worker = queue.work({
        a: (job) => {
          if (++runs > 1) return undefined;
          if (how === "complete") return queue.complete(job);
          if (how === "release") return queue.release(job);
          if (how === "snooze") return queue.snooze(job, { delayMs: 10 });
          return queue.fail(job, new Error("by hand"));
        },
      });
      for (const name of ["completed", "failed", "released", "snoozed", "lost"] as const)
        worker.on(name, () => told.push(name));
      const { id } = await queue.enqueue("a", null, { backoff: { baseMs: 0 } });
      await clock.until(() => memory.counts().completed === 1);
      await clock.advance(100);
      const first = { complete: [], release: ["released"], snooze: ["snoozed"], fail: ["failed"] }[
        how
      ];
      expect(told).toEqual([...first, "completed"]);
      expect(await queue.get(id)).toMatchObject({ attempt: how === "fail" ? 2 : 1 });
    },
  );

  it("goes on undisturbed afterwards, and its job is told of as completed", async () => {
    const { queue, clock } = fresh();
    const told: string[] = [];
    let aborted: boolean | undefined;
    const worker = queue.work({
      a: async (job) => {
        await queue.complete(job);
        // Something that may take longer than a few beats.
        await after(clock, 60_000);
        aborted = job.signal.aborted;
      },
    });
    for (const name of ["completed", "failed", "lost"] as const)
      worker.on(name, () => told.push(name));
    await queue.enqueue("a");
    await clock.until(() => aborted !== undefined, 100_000);
    await clock.advance(100);
    expect(aborted).toBe(false);
    expect(told).toEqual(["completed"]);
  });

  it("and then takes too long is not told of as lost", async () => {
    const { queue, clock } = fresh();
    const told: string[] = [];
    const worker = queue.work({
      a: async (job) => {
        await queue.complete(job);
        await after(clock, 5_000);
      },
    });
    for (const name of ["completed", "failed", "lost"] as const)
      worker.on(name, () => told.push(name));
    const { id } = await queue.enqueue("a", null, { timeoutMs: 1_000 });
    await clock.advance(20_000);
    expect(told).toEqual(["completed"]);
    expect(await queue.get(id)).toMatchObject({ state: "completed" });
  });
});
