import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";

const HOUR_MS = 3_600_000;

async function finished(retention?: { completed?: number; dead?: number; cancelled?: number }) {
  const setting = fresh({ ...(retention !== undefined && { retention }) });
  const { queue } = setting;
  const completed = await queue.enqueue("a");
  const dead = await queue.enqueue("a", null, { maxAttempts: 1 });
  const cancelled = await queue.enqueue("a");
  const [first, second] = await queue.claim({ limit: 2 });
  await queue.complete(first!);
  await queue.fail(second!, "x");
  await queue.cancel(cancelled.id);
  await queue.enqueue("a", null, { delayMs: 10 ** 12 });
  const left = async () => {
    const found = await Promise.all([completed, dead, cancelled].map(({ id }) => queue.get(id)));
    return found.map((job) => job?.state);
  };
  return { ...setting, left };
}

describe("prune", () => {
  it("keeps completed and cancelled jobs for a day, dead ones for a week", async () => {
    const { queue, clock, left } = await finished();
    clock.freeze(24 * HOUR_MS - 1);
    expect(await queue.prune()).toBe(0);
    clock.freeze(1);
    expect(await queue.prune()).toBe(2);
    expect(await left()).toEqual([undefined, "dead", undefined]);
    clock.freeze(6 * 24 * HOUR_MS);
    expect(await queue.prune()).toBe(1);
    expect(await queue.summary()).toContain("pending 1,");
  });

  it("goes by the queue's retention, and by that of the call before it", async () => {
    const { queue, clock, left } = await finished({ completed: HOUR_MS, cancelled: Infinity });
    clock.freeze(HOUR_MS);
    expect(await queue.prune({ completed: 2 * HOUR_MS })).toBe(0);
    expect(await queue.prune()).toBe(1);
    clock.freeze(10_000 * HOUR_MS);
    expect(await queue.prune({ dead: Infinity })).toBe(0);
    expect(await left()).toEqual([undefined, "dead", "cancelled"]);
    expect(await queue.prune({ dead: 0, cancelled: 0 })).toBe(2);
  });

  it("keeps the newest job, so that no id is given twice", async () => {
    const { queue } = fresh();
    const { id } = await queue.enqueue("a");
    await queue.cancel(id);
    expect(await queue.prune({ cancelled: 0 })).toBe(0);
    expect(await queue.get(id)).toBeDefined();
  });

  it("deletes any number, at most 500 at a time", async () => {
    const { queue, limits } = await timed(() => 0);
    expect(await queue.prune({ cancelled: 0 })).toBe(2_500);
    expect(limits).toEqual([50, 100, 200, 400, 500, 500, 500, 500]);
  });

  it("deletes fewer at a time where that takes long", async () => {
    const { queue, limits } = await timed((limit) => limit / 10);
    expect(await queue.prune({ cancelled: 0 })).toBe(2_500);
    expect(Math.max(...limits)).toBe(50);
    const slow = await timed((limit) => limit);
    expect(await slow.queue.prune({ cancelled: 0 })).toBe(2_500);
    expect(slow.limits.slice(0, 4)).toEqual([50, 25, 13, 7]);
    expect(new Set(slow.limits.slice(3))).toEqual(new Set([7]));
  });

  /** A queue with 2,501 cancelled jobs, of which it takes so many milliseconds to delete up to `limit`. */
  async function timed(tookMs: (limit: number) => number) {
    const limits: number[] = [];
    const setting = fresh({
      between: (method, call, { limit }: { limit: number }) => {
        if (method !== "prune") return call();
        limits.push(limit);
        setting.clock.freeze(tookMs(limit));
        return call();
      },
    });
    const { queue } = setting;
    await queue.enqueueMany(Array.from({ length: 2_501 }, () => ({ type: "a" })));
    for (const job of (await queue.list({ limit: 1_000 })).jobs) await queue.cancel(job.id);
    let after: string | undefined;
    do {
      const page = await queue.list({ limit: 1_000, after, states: ["pending"] });
      await Promise.all(page.jobs.map(({ id }) => queue.cancel(id)));
      after = page.next;
    } while (after !== undefined);
    return { queue, limits };
  }

  it.each([
    [{ completed: -1 }, /retention\.completed .* -1/],
    [{ dead: 0.5 }, /retention\.dead .* 0\.5/],
    [{ cancelled: "1d" }, /retention\.cancelled .* "1d"/],
    [{ running: 0 }, /retention has completed, dead and cancelled, but not "running"/],
  ])("refuses %o", async (retention, message) => {
    const { queue } = await finished();
    await expect(queue.prune(retention as never)).rejects.toThrow(message);
  });

  it("is done by a worker every minute, by the queue's retention", async () => {
    const { queue, clock, left } = await finished({ completed: 90_000 });
    const worker = queue.work({ other: () => {} });
    await clock.advance(89_000);
    expect(await left()).toEqual(["completed", "dead", "cancelled"]);
    await clock.advance(35_000);
    expect(await left()).toEqual([undefined, "dead", "cancelled"]);
    await worker.stop();
  });

  it("is done by a worker to the end, however much is old", async () => {
    const { queue, clock, memory } = fresh({ retention: { cancelled: 0 } });
    const added = await queue.enqueueMany(Array.from({ length: 1_201 }, () => ({ type: "a" })));
    await Promise.all(added.map(({ id }) => queue.cancel(id)));
    queue.work({ other: () => {} });
    await clock.advance(10);
    // The newest of all stays.
    expect(memory.counts().cancelled).toBe(1);
  });
});
