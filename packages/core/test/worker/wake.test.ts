import { type AnyJobs, MemoryStore } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";
import { turns } from "../turns.ts";

const HOUR_MS = 3_600_000;

/** A worker that looks by itself once an hour only, and when it ran what. */
async function sleeping(setting: ReturnType<typeof fresh<AnyJobs>> = fresh()) {
  const { queue, clock } = setting;
  const runs: unknown[] = [];
  const worker = queue.work({ a: ({ payload }) => runs.push(payload) }, { pollMs: HOUR_MS });
  await clock.advance(10);
  return { ...setting, worker, runs };
}

describe("a sleeping worker", () => {
  it("wakes at once for a job of its own queue", async () => {
    const { queue, clock, runs } = await sleeping();
    await queue.enqueue("a");
    expect(await clock.until(() => runs.length === 1)).toBe(0);
  });

  it.each(["enqueue", "enqueueMany", "reschedule"] as const)(
    "wakes when a job is due that its own queue put off, by %s",
    async (how) => {
      const { queue, clock, runs } = await sleeping();
      const later = { delayMs: 5_000 };
      if (how === "enqueue") await queue.enqueue("a", 1, later);
      if (how === "enqueueMany") {
        await queue.enqueueMany([
          { type: "b" },
          { type: "a", delayMs: 2 * HOUR_MS },
          { type: "a", ...later },
        ]);
      }
      if (how === "reschedule") {
        const { id } = await queue.enqueue("a", 1, { delayMs: 2 * HOUR_MS });
        await queue.reschedule(id, clock.now() + 5_000);
      }
      expect(await clock.until(() => runs.length === 1)).toBe(5_000);
    },
  );

  it("wakes when the first of several is due, and again for the next", async () => {
    const { queue, clock, runs } = await sleeping();
    for (const delayMs of [9_000, 3_000, 6_000]) await queue.enqueue("a", delayMs, { delayMs });
    expect(await clock.until(() => runs.length === 1)).toBe(3_000);
    expect(await clock.until(() => runs.length === 2)).toBe(3_000);
    expect(await clock.until(() => runs.length === 3)).toBe(3_000);
    expect(runs).toEqual([3_000, 6_000, 9_000]);
  });

  it("wakes when a job is due that was there before it", async () => {
    const setting = fresh();
    await setting.queue.enqueue("a", 1, { delayMs: 60_000 });
    const { clock, runs } = await sleeping(setting);
    expect(await clock.until(() => runs.length === 1, HOUR_MS)).toBe(60_000 - 10);
  });

  it("wakes at once for a job that is retried or made due", async () => {
    const { queue, clock, runs } = await sleeping();
    const { id } = await queue.enqueue("a", 1, { delayMs: 2 * HOUR_MS });
    await queue.retry(id);
    expect(await clock.until(() => runs.length === 1)).toBe(0);
    await clock.advance(1);
    expect(await queue.retry(id)).toBe(true);
    expect(await clock.until(() => runs.length === 2)).toBe(0);
  });

  it("wakes at once for a job that is rescheduled to now, and settles it", async () => {
    const { queue, clock, memory } = await sleeping();
    const { id } = await queue.enqueue("a", 1, { delayMs: 2 * HOUR_MS });
    await queue.reschedule(id, clock.now());
    await clock.advance(10);
    expect(memory.counts()).toMatchObject({ running: 0, completed: 1 });
  });

  it("wakes for the retry of a job that has failed", async () => {
    const { queue, clock } = fresh();
    const at: number[] = [];
    queue.work(
      {
        a: () => {
          at.push(clock.monotonic());
          throw new Error("no");
        },
      },
      { pollMs: HOUR_MS },
    );
    await queue.enqueue("a", null, { backoff: { kind: "fixed", baseMs: 7_000, jitter: 0 } });
    await clock.until(() => at.length === 4);
    expect(at).toEqual([0, 7_000, 14_000, 21_000]);
  });

  it("finds a job of another process within pollMs", async () => {
    const { queue, clock, memory } = fresh();
    const runs: unknown[] = [];
    queue.work({ a: () => runs.push(1) }, { pollMs: 250 });
    await clock.advance(1_111);
    await fresh({ memory, clock }).queue.enqueue("a");
    expect(await clock.until(() => runs.length === 1)).toBeLessThanOrEqual(250);
  });

  it("wakes at once where the store hints at work of another process", async () => {
    const hints = new Set<() => void>();
    class Hinting extends MemoryStore {
      watch(listener: () => void): Disposable {
        hints.add(listener);
        return { [Symbol.dispose]: () => hints.delete(listener) };
      }
    }
    const { queue, clock, memory, runs } = await sleeping(fresh({ memory: new Hinting() }));
    await fresh({ memory, clock }).queue.enqueue("a");
    expect(runs).toEqual([]);
    for (const hint of hints) hint();
    expect(await clock.until(() => runs.length === 1)).toBe(0);
    await queue.close();
    expect(hints.size).toBe(0);
  });

  it("wakes for a hint that comes while a claim is under way", async () => {
    let answer: (() => void) | undefined;
    let slow = false;
    const { queue, clock, memory, runs } = await sleeping(
      fresh({
        between: async (method, call) => {
          const given = call();
          if (method === "commit" && slow) await new Promise<void>((resolve) => (answer = resolve));
          return given;
        },
      }),
    );
    slow = true;
    // A claim that finds nothing …
    const resumed = queue.resume("a");
    await turns();
    slow = false;
    // … and before its answer is there, a job, and a hint that there is one.
    await fresh({ memory, clock }).queue.enqueue("a");
    await queue.resume("a");
    answer?.();
    await resumed;
    expect(await clock.until(() => runs.length === 1, 2 * HOUR_MS)).toBe(0);
  });

  it("makes any number of due jobs ready", async () => {
    const { queue, clock, runs } = await sleeping();
    const runAt = clock.now() + 1_000;
    await queue.enqueueMany(
      Array.from({ length: 2_500 }, (_, n) => ({ type: "a", payload: n, runAt })),
    );
    expect(await clock.until(() => runs.length === 2_500)).toBeLessThan(1_200);
  });
});

describe("a wall clock that jumps", () => {
  it("forward lets what is due by it run at the next look", async () => {
    const { queue, clock } = fresh();
    const runs: unknown[] = [];
    queue.work({ a: () => runs.push(1) });
    await queue.enqueue("a", 1, { delayMs: HOUR_MS });
    await clock.advance(100);
    clock.jump(HOUR_MS);
    expect(await clock.until(() => runs.length === 1)).toBeLessThanOrEqual(1_000);
  });

  it("forward does not make a worker oversleep what is put off after it", async () => {
    const { queue, clock, runs } = await sleeping();
    clock.jump(3 * HOUR_MS);
    await queue.enqueue("a", 1, { delayMs: 2_000 });
    expect(await clock.until(() => runs.length === 1, 2 * HOUR_MS)).toBe(2_000);
  });

  it("back does not take back that a job is ready", async () => {
    const { queue, clock } = fresh();
    await queue.enqueue("a");
    clock.jump(-10 * HOUR_MS);
    const runs: unknown[] = [];
    queue.work({ a: () => runs.push(1) });
    await queue.enqueue("a");
    await clock.advance(10);
    expect(runs).toHaveLength(2);
  });

  it("back lets a job wait until its instant comes again, without a busy loop", async () => {
    let commits = 0;
    const { queue, clock } = fresh({
      between: (method, call) => {
        if (method === "commit") commits++;
        return call();
      },
    });
    const runs: unknown[] = [];
    queue.work({ a: () => runs.push(1) });
    await queue.enqueue("a", 1, { delayMs: 5_000 });
    await clock.advance(1_000);
    clock.jump(-60_000);
    await clock.advance(63_000);
    expect(runs).toEqual([]);
    expect(commits).toBeLessThan(75);
    await clock.advance(1_000);
    expect(runs).toHaveLength(1);
  });

  it("does not change how long a handler may take", async () => {
    const { queue, clock } = fresh();
    const { id } = await queue.enqueue("a", null, { timeoutMs: 1_000 });
    const ends: (() => void)[] = [];
    queue.work({ a: () => new Promise<void>((resolve) => ends.push(resolve)) });
    await clock.advance(500);
    clock.jump(HOUR_MS);
    await clock.advance(400);
    clock.jump(-2 * HOUR_MS);
    ends[0]?.();
    await clock.advance(10);
    expect(await queue.get(id)).toMatchObject({ state: "completed", attempt: 1 });
  });
});
