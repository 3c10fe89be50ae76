import { defineJobs, json } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";
import { ManualClock } from "../manual-clock.ts";

const jobs = defineJobs({
  square: { payload: json<number>(), result: json<number>(), backoff: { baseMs: 1 } },
});

/** A store whose answers take a while, each its own, both before it does something and after. */
function slow(seed: number) {
  const clock = new ManualClock();
  let state = seed;
  const latency = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % 40;
  };
  const pass = () => new Promise<void>((resolve) => void clock.setTimeout(resolve, latency()));
  return fresh({
    jobs,
    clock,
    between: async (_, call) => {
      await pass();
      const answer = call();
      await pass();
      return answer;
    },
  });
}

describe("over a store that answers late and out of order", () => {
  it.each([1, 2, 3])("enqueues, claims and settles by hand, seed %i", async (seed) => {
    const { queue, clock, memory } = slow(seed);
    const done = (async () => {
      const { id } = await queue.enqueue("square", 3);
      await queue.enqueueMany([{ type: "square", payload: 4 }]);
      const [first] = await queue.claim();
      await queue.complete(first!, 9);
      const [second] = await queue.claim();
      await queue.release(second!);
      await queue.cancel(second!.id);
      return [await queue.get(id), await queue.summary()];
    })();
    let over = false;
    void done.finally(() => (over = true));
    await clock.until(() => over);
    expect(await done).toMatchObject([
      { state: "completed", result: 9 },
      "pending 0, failed 0, running 0, completed 1, dead 0, cancelled 1",
    ]);
    let closed = false;
    void queue.close().then(() => (closed = true));
    await clock.until(() => closed);
    expect(memory.workers()).toEqual([]);
  });

  it.each([4, 5, 6])("runs every job once, seed %i", async (seed) => {
    const { queue, clock, memory } = slow(seed);
    const runs = new Map<number, number>();
    const worker = queue.work(
      {
        square: async ({ payload, attempt }) => {
          runs.set(payload, (runs.get(payload) ?? 0) + 1);
          await new Promise<void>((resolve) => void clock.setTimeout(resolve, payload % 30));
          if (payload % 7 === 0 && attempt === 1) throw new Error("once");
          return payload * payload;
        },
      },
      { concurrency: 4 },
    );
    const told: string[] = [];
    worker.on("completed", ({ job }) => told.push(job.id));
    worker.on("lost", ({ id }) => told.push(`lost ${id}`));
    const items = Array.from({ length: 60 }, (_, payload) => ({
      type: "square" as const,
      payload,
    }));
    void queue.enqueueMany(items);
    await clock.until(() => told.length === 60);
    expect(new Set(told).size).toBe(60);
    for (let n = 0; n < 60; n++) expect(runs.get(n), `job ${n}`).toBe(n % 7 === 0 ? 2 : 1);
    let stopped = false;
    void worker.stop().then(() => (stopped = true));
    await clock.until(() => stopped);
    expect(memory.counts()).toMatchObject({ completed: 60, running: 0 });
    expect(memory.workers()).toEqual([]);
    // The store's last answer, which nobody waits for, is on its way by a timer too.
    await clock.advance(30);
    expect(clock.timers).toBe(0);
  });
});
