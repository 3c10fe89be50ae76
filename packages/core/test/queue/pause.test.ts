import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";
import { gated } from "../gated.ts";
import { turns } from "../turns.ts";

describe("pause", () => {
  it("keeps a type from being claimed until resume, and no other", async () => {
    const { queue } = fresh();
    await queue.enqueueMany([{ type: "a" }, { type: "b" }]);
    await queue.pause("a");
    await queue.pause("a");
    expect((await queue.claim({ limit: 5 })).map(({ type }) => type)).toEqual(["b"]);
    await queue.resume("a");
    expect((await queue.claim({ limit: 5 })).map(({ type }) => type)).toEqual(["a"]);
    await queue.resume("never paused");
  });

  it("holds for other processes", async () => {
    const { queue, memory, clock } = fresh();
    await queue.enqueue("a");
    await fresh({ memory, clock }).queue.pause("a");
    expect(await queue.claim()).toEqual([]);
  });

  it("lets jobs be enqueued, cancelled and made due", async () => {
    const { queue } = fresh();
    await queue.pause("a");
    const { id } = await queue.enqueue("a", null, { delayMs: 10 });
    expect(await queue.retry(id)).toBe(true);
    expect(await queue.claim()).toEqual([]);
    expect(await queue.cancel(id)).toBe(true);
  });

  it("lets running handlers end, and starts no more; resume wakes the worker at once", async () => {
    const { queue, clock } = fresh();
    await queue.enqueueMany([{ type: "a" }, { type: "a" }, { type: "b" }]);
    const a = gated();
    let b = 0;
    queue.work({ a: () => a.handler(), b: () => b++ }, { concurrency: 1 });
    await clock.until(() => a.running === 1);
    await queue.pause("a");
    a.end();
    await clock.advance(60_000);
    expect([a.running, b]).toEqual([0, 1]);
    expect(await queue.summary()).toContain("completed 2,");
    await queue.resume("a");
    expect(await clock.until(() => a.running === 1)).toBe(0);
  });

  it("sends back uncharged what was claimed ahead", async () => {
    const { queue, clock } = fresh();
    const started: unknown[] = [];
    const worker = queue.work(
      {
        a: async ({ payload }) => {
          started.push(payload);
          await after(clock, 10);
        },
      },
      { concurrency: 1 },
    );
    const released: unknown[] = [];
    worker.on("released", ({ job }) => released.push(job.payload));
    await queue.enqueueMany(Array.from({ length: 50 }, (_, payload) => ({ type: "a", payload })));
    await clock.until(() => started.length === 20);
    const running = (await queue.counts()).running;
    expect(running).toBeGreaterThan(1);
    released.length = 0;
    await queue.pause("a");
    await clock.advance(1_000);
    expect(started).toHaveLength(20);
    expect(released).toHaveLength(running - 1);
    expect(await queue.counts()).toMatchObject({ pending: 30, running: 0, completed: 20 });
    const { jobs } = await queue.list({ states: ["pending"] });
    expect(jobs.every(({ attempt }) => attempt === 0)).toBe(true);
    await queue.resume("a");
    await clock.until(() => started.length === 50);
    expect(new Set(started).size).toBe(50);
  });

  it("starts nothing once it has resolved, though a claim was under way", async () => {
    let answer: (() => void) | undefined;
    let slow = false;
    const { queue, clock, memory } = fresh({
      between: async (method, call) => {
        const given = call();
        if (method === "commit" && slow) await new Promise<void>((resolve) => (answer = resolve));
        return given;
      },
    });
    let runs = 0;
    queue.work({ a: () => runs++ });
    await clock.advance(10);
    slow = true;
    void queue.enqueue("a");
    await turns();
    expect(memory.counts().running).toBe(1);
    await queue.pause("a");
    slow = false;
    answer?.();
    await clock.advance(500);
    expect(runs).toBe(0);
    expect(memory.counts()).toMatchObject({ running: 0, pending: 1 });
  });

  it("refuses what cannot be a type", async () => {
    const { queue } = fresh();
    await expect(queue.pause("")).rejects.toThrow(/type must not be empty/);
    await expect(queue.resume(7 as never)).rejects.toThrow(/type must be a string, but is 7/);
  });
});
