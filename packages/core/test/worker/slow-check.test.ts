import { defineJobs } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";
import { schema } from "../schema.ts";

/** A worker whose job's payload is still being checked, until `endCheck`. */
async function checking() {
  let checks = 0;
  let endCheck = () => {};
  const slow = schema<number>(async (value) => {
    // Enqueuing checks it too.
    if (checks++ > 0) await new Promise<void>((resolve) => (endCheck = resolve));
    return { value };
  });
  const jobs = defineJobs({ slow: { payload: slow, timeoutMs: 60_000 } });
  const { queue, clock } = fresh({ jobs });
  const called: number[] = [];
  const worker = queue.work({ slow: ({ payload }) => called.push(payload) });
  const { id } = await queue.enqueue("slow", 3);
  await clock.until(() => checks === 2);
  return { queue, clock, worker, id, called, endCheck: () => endCheck() };
}

describe("a job whose payload is still being checked", () => {
  it("is not handed to its handler any more when it is cancelled", async () => {
    const { queue, clock, id, called, endCheck } = await checking();
    await queue.cancel(id);
    endCheck();
    await clock.advance(10);
    expect(called).toEqual([]);
    expect(await queue.get(id)).toMatchObject({ state: "cancelled", revision: 3 });
  });

  it("is not handed to its handler any more when its time is up", async () => {
    const { queue, clock, id, called, endCheck } = await checking();
    await clock.advance(60_000);
    endCheck();
    await clock.advance(10);
    expect(called).toEqual([]);
    expect(await queue.get(id)).toMatchObject({ state: "failed", attempt: 1 });
  });

  it("goes back uncharged when its worker stops and the grace is over", async () => {
    const { queue, clock, worker, id, called, endCheck } = await checking();
    void worker.stop({ graceMs: 0 });
    await clock.advance(10);
    endCheck();
    await clock.advance(10);
    expect(called).toEqual([]);
    expect(await queue.get(id)).toMatchObject({ state: "pending", attempt: 0 });
  });

  it("is not handed to its handler any more when its worker has stopped", async () => {
    const { clock, worker, called, endCheck } = await checking();
    void worker.stop({ graceMs: 0 });
    await clock.advance(10_000);
    endCheck();
    await clock.advance(10);
    expect(called).toEqual([]);
  });
});
