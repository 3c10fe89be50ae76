import { defineJobs, json, type StoreError } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";
import { turns } from "../turns.ts";

const never = {
  "~standard": { version: 1, vendor: "test", validate: () => ({ issues: [{ message: "no" }] }) },
} as const;

describe("a handler that enqueues", () => {
  it("and is refused by a schema has only failed its attempt", async () => {
    const jobs = defineJobs({ outer: { payload: json<number>() }, inner: { payload: never } });
    const { queue, clock } = fresh({ jobs });
    queue.work({ outer: async () => void (await queue.enqueue("inner", 1 as never)) });
    const { id } = await queue.enqueue("outer", 1);
    await clock.until(() => true);
    await clock.advance(100);
    expect(await queue.get(id)).toMatchObject({
      state: "failed",
      failures: [{ name: "SchemaRefused" }],
    });
  });
});

describe("handlers that enqueue without end", () => {
  it("let the event loop have its turns, though the clock stands still", async () => {
    const { queue, clock } = fresh();
    let runs = 0;
    const worker = queue.work({ a: () => (++runs < 50_000 ? queue.enqueue("a") : undefined) });
    await queue.enqueue("a");
    await turns(20);
    expect(runs).toBeGreaterThan(100);
    expect(runs).toBeLessThan(50_000);
    expect(clock.monotonic()).toBe(0);
    await worker.stop();
  });
});

describe("a handler that has settled its job by hand", () => {
  it("and then throws is told of as an error", async () => {
    const { queue, clock } = fresh();
    const errors: unknown[] = [];
    const worker = queue.work({
      a: async (job) => {
        await queue.complete(job);
        throw new Error("afterwards");
      },
    });
    worker.on("error", ({ error }: { error: unknown }) =>
      errors.push((error as StoreError).message),
    );
    const { id } = await queue.enqueue("a", 1);
    await clock.advance(100);
    expect(await queue.get(id)).toMatchObject({ state: "completed" });
    expect(errors).toEqual(["afterwards"]);
  });
});

describe("a job with a backoff of its own", () => {
  it("waits as that says, though its type has a function", async () => {
    const jobs = defineJobs({ a: { payload: json<number>(), backoff: () => 1 } });
    const { queue, clock } = fresh({ jobs });
    queue.work({
      a: () => {
        throw new Error("no");
      },
    });
    const own = { backoff: { kind: "fixed", baseMs: 60_000, jitter: 0 } } as const;
    const { id } = await queue.enqueue("a", 1, own);
    await clock.advance(100);
    const job = await queue.get(id);
    expect(job?.state === "failed" && job.runAt - (job.claimedAt ?? 0)).toBeGreaterThanOrEqual(
      60_000,
    );
  });
});
