import { defineJobs } from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";
import { asyncSchema } from "../schema.ts";

const jobs = defineJobs({
  slow: { timeoutMs: 1_000, maxAttempts: 3, backoff: { kind: "fixed", baseMs: 0 } },
  last: { timeoutMs: 1_000, maxAttempts: 1 },
  computed: { timeoutMs: 1_000, backoff: (attempt) => attempt * 10 },
  checked: { timeoutMs: 1_000, payload: asyncSchema<null>((value) => ({ value })) },
});

describe("a handler that takes longer than its timeoutMs", () => {
  it("fails its attempt then, with its signal aborted, and what it returns later counts no more", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("slow");
    const signals: AbortSignal[] = [];
    const ends: (() => void)[] = [];
    const worker = queue.work({
      slow: async ({ signal }) => {
        signals.push(signal);
        await new Promise<void>((resolve) => ends.push(resolve));
      },
    });
    const failed: unknown[] = [];
    worker.on("failed", ({ error, job }) => failed.push([error, job.attempt]));
    await clock.advance(999);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    expect(signals[0]?.reason).toMatchObject({ code: "JobTimedOut" });
    expect(failed).toEqual([[signals[0]?.reason, 1]]);
    expect(await queue.get(id)).toMatchObject({
      failures: [{ kind: "timeout", name: "JobTimedOut", attempt: 1 }],
    });
    ends.shift()?.();
    await clock.until(() => signals.length === 2);
    expect(await queue.get(id)).toMatchObject({ state: "running", attempt: 2 });
    ends.shift()?.();
    await clock.advance(10);
    expect(await queue.get(id)).toMatchObject({ state: "completed", attempt: 2 });
  });

  it("spends an attempt each time, and the last one buries the job", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("last");
    const worker = queue.work({ last: ({ signal }) => aborted(signal) });
    const dead: unknown[] = [];
    worker.on("dead", ({ error }) => dead.push(error));
    await clock.until(() => dead.length > 0);
    expect(dead).toMatchObject([{ code: "JobTimedOut" }]);
    expect(await queue.get(id)).toMatchObject({ state: "dead", failures: [{ kind: "timeout" }] });
  });

  it("waits for its next attempt as its type's function says", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("computed");
    queue.work({ computed: ({ signal }) => aborted(signal) });
    await clock.advance(1_000);
    expect(await queue.get(id)).toMatchObject({ state: "failed", runAt: clock.now() + 10 });
  });

  it("keeps its slot until it ends, but no longer than abortMs", async () => {
    const { queue, clock } = fresh({ jobs });
    await queue.enqueueMany([{ type: "last" }, { type: "slow" }]);
    let started = 0;
    queue.work(
      { last: () => new Promise(() => {}), slow: () => started++ },
      { concurrency: 1, abortMs: 300 },
    );
    expect(await clock.until(() => started === 1)).toBe(1_300);
  });

  it("frees its slot at once when it ends", async () => {
    const { queue, clock } = fresh({ jobs });
    await queue.enqueueMany([{ type: "last" }, { type: "slow" }]);
    let started = 0;
    queue.work(
      { last: ({ signal }) => aborted(signal), slow: () => started++ },
      { concurrency: 1, abortMs: 300 },
    );
    expect(await clock.until(() => started === 1)).toBe(1_000);
  });

  it("does not end in an unhandled rejection when it throws after that", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("last");
    queue.work({
      last: async ({ signal }) => {
        await aborted(signal);
        throw new Error("too late to say so");
      },
    });
    await clock.advance(2_000);
    expect(await queue.get(id)).toMatchObject({ failures: [{ kind: "timeout" }] });
  });
});

describe("timeoutMs", () => {
  it("runs from the start of the handler, not from the claim", async () => {
    const { queue, clock } = fresh();
    const items = Array.from({ length: 60 }, () => ({ type: "a", timeoutMs: 15, maxAttempts: 5 }));
    await queue.enqueueMany(items);
    queue.work({ a: () => after(clock, 10) }, { concurrency: 1 });
    await clock.advance(2_000);
    expect(await queue.summary()).toContain("completed 60,");
    const { jobs: done } = await queue.list();
    expect(done.flatMap(({ failures }) => failures)).toEqual([]);
  });

  it("leaves no timer behind when the handler ends in time", async () => {
    const { queue, clock } = fresh({ jobs });
    let ended = 0;
    const worker = queue.work({ slow: () => ended++, checked: () => ended++ });
    await clock.advance(10);
    const idle = clock.timers;
    await queue.enqueue("slow");
    await queue.enqueue("checked", null);
    await clock.until(() => ended === 2);
    await clock.advance(1);
    expect(clock.timers).toBe(idle);
    await worker.stop();
    expect(clock.timers).toBe(0);
  });

  it("leaves no timer behind when the handler ends soon after its time is up", async () => {
    const { queue, clock } = fresh({ jobs });
    const worker = queue.work({ last: ({ signal }) => aborted(signal) });
    await clock.advance(10);
    const idle = clock.timers;
    await queue.enqueue("last");
    await clock.advance(1_500);
    expect(clock.timers).toBe(idle);
    await worker.stop();
    expect(clock.timers).toBe(0);
  });

  it("leaves no timer behind when the slot was taken from a handler that never ends", async () => {
    const { queue, clock } = fresh();
    const { id } = await queue.enqueue("a", null, { timeoutMs: 10 ** 8 });
    let started = 0;
    const worker = queue.work({
      a: () => {
        started++;
        return new Promise(() => {});
      },
    });
    await clock.until(() => started === 1);
    await queue.cancel(id);
    await clock.advance(6_000);
    await worker.stop();
    expect(clock.timers).toBe(0);
  });

  it("absent lets a handler take as long as it wants", async () => {
    const { queue, clock } = fresh();
    const { id } = await queue.enqueue("a");
    queue.work({ a: () => after(clock, 3_600_000) });
    await clock.advance(3_600_000);
    expect(await queue.get(id)).toMatchObject({ state: "completed", attempt: 1 });
  });
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}
