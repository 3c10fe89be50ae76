import { defineJobs, json, StoreClosed, StoreFull } from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";
import { outcomeOf } from "../outcome-of.ts";

const jobs = defineJobs({ first: { result: json<number>() }, second: {} });

describe("close", () => {
  it("stores what is on its way, and closes the store once", async () => {
    const calls: string[] = [];
    const { queue, memory } = fresh({
      between: (method, call) => {
        calls.push(method);
        return call();
      },
    });
    const enqueued = queue.enqueue("a");
    await Promise.all([queue.close(), queue.close()]);
    expect(await enqueued).toMatchObject({ added: true });
    expect(memory.counts().pending).toBe(1);
    expect(calls.filter((method) => method === "close")).toHaveLength(1);
    expect(calls.at(-1)).toBe("close");
  });

  it("is what `await using` does", async () => {
    const { queue, memory, clock } = fresh();
    {
      await using used = queue;
      await used.claim();
      expect(memory.workers()).toHaveLength(1);
    }
    expect(memory.workers()).toEqual([]);
    expect(clock.timers).toBe(0);
    expect(await outcomeOf(queue.counts())).toMatchObject({ code: "QueueClosed" });
  });

  it("stops workers first, and stores what their handlers give", async () => {
    const { queue, clock, memory } = fresh({ jobs });
    const { id } = await queue.enqueue("first");
    let started = 0;
    const worker = queue.work({
      first: async () => {
        started++;
        await after(clock, 5_000);
        return 7;
      },
    });
    await clock.until(() => started === 1);
    const closed = queue.close();
    await clock.advance(5_000);
    await Promise.all([closed, worker.stopped]);
    expect(memory.get([1])[0]).toMatchObject({ id, state: "completed", result: "7" });
    expect(clock.timers).toBe(0);
  });

  it("lets handlers that still run use the queue to the end", async () => {
    const { queue, clock, memory } = fresh({ jobs });
    await queue.enqueue("first");
    let started = 0;
    const outcomes: unknown[] = [];
    queue.work({
      first: async (job) => {
        started++;
        await after(clock, 5_000);
        outcomes.push(await outcomeOf(queue.enqueue("second")));
        outcomes.push(await outcomeOf(queue.complete(job, 7)));
        return 7;
      },
    });
    await clock.until(() => started === 1);
    const closed = queue.close();
    await clock.advance(5_000);
    await closed;
    expect(outcomes).toMatchObject([{ added: true }, { state: "completed" }]);
    expect(memory.counts()).toMatchObject({ completed: 1, pending: 1 });
  });

  it("closes the store also where the last writes fail, and says so", async () => {
    let full = false;
    let closed = 0;
    const { queue } = fresh({
      between: (method, call) => {
        if (method === "close") closed++;
        if (method === "commit" && full) throw new StoreFull("no room");
        return call();
      },
    });
    full = true;
    const lost = outcomeOf(queue.enqueue("a"));
    await expect(queue.close()).rejects.toMatchObject({ code: "StoreFull" });
    expect(await lost).toMatchObject({ code: "StoreFull" });
    expect(closed).toBe(1);
  });

  it("leaves nothing ticking though the store did not take the last results", async () => {
    let full = false;
    let closed = false;
    let late = 0;
    const { queue, clock } = fresh({
      jobs,
      between: (method, call) => {
        if (closed) late++;
        if (method === "close") closed = true;
        else if (closed) throw new StoreClosed("the store is closed");
        else if (full) throw new StoreFull("no room");
        return call();
      },
    });
    await queue.enqueue("first");
    const errors: unknown[] = [];
    const worker = queue.work({
      first: () => {
        full = true;
        return 7;
      },
    });
    worker.on("error", ({ error }) => errors.push(error));
    await clock.until(() => full);
    const over = outcomeOf(queue.close());
    await clock.advance(30_000);
    await over;
    expect(closed).toBe(true);
    expect(String(errors.at(-1))).not.toContain("the store is closed");
    expect([clock.timers, late]).toEqual([0, 0]);
  });
});
