import { defineJobs, StoreFull, StoreNewer } from "@turno/core";
import { describe, expect, it } from "vitest";
import type { Between } from "../around.ts";
import { fresh } from "../fresh.ts";
import { outcomeOf } from "../outcome-of.ts";
import { schema } from "../schema.ts";
import { turns } from "../turns.ts";

const LEASE_MS = 3_000;
const BEAT_MS = 1_000;

function opened(between?: Between) {
  return fresh({ leaseMs: LEASE_MS, ...(between !== undefined && { between }) });
}

describe("a queue that claims by hand", () => {
  it("keeps its jobs while it beats, however long they take", async () => {
    const { queue, clock, memory } = opened();
    await queue.enqueue("mail");
    const [job] = await queue.claim();
    fresh({ memory, clock, leaseMs: LEASE_MS }).queue.work({ other: () => {} });
    await clock.advance(60_000);
    expect(job?.signal.aborted).toBe(false);
    expect(await queue.complete(job!)).toMatchObject({ state: "completed" });
  });

  it("that was given up joins anew at the next beat, and goes on", async () => {
    const { queue, clock, memory } = opened();
    await queue.claim();
    memory.leave(1);
    await queue.enqueue("mail");
    await clock.advance(BEAT_MS);
    expect(memory.workers()).toMatchObject([{ id: 2 }]);
    const [job] = await queue.claim();
    await queue.complete(job!);
    expect(await queue.summary()).toContain("completed 1,");
  });

  it("that was given up joins anew at the next claim", async () => {
    const { queue, memory } = opened();
    await queue.claim();
    memory.leave(1);
    await queue.enqueue("mail");
    expect(await queue.claim()).toMatchObject([{ type: "mail" }]);
    expect(memory.workers()).toMatchObject([{ id: 2 }]);
  });

  it("that was given up joins once, however many claims find out", async () => {
    const { queue, memory, clock } = opened();
    await queue.claim();
    memory.leave(1);
    await queue.enqueueMany([{ type: "a" }, { type: "b" }, { type: "c" }]);
    const claims = Promise.all([queue.claim(), queue.claim(), queue.claim()]);
    await clock.advance(BEAT_MS);
    expect((await claims).flat()).toHaveLength(3);
    expect(memory.workers()).toMatchObject([{ id: 2 }]);
  });

  it("does not drop a number that the beat has just got for it", async () => {
    let answer: (() => void) | undefined;
    let slow = false;
    const { queue, memory, clock } = opened(async (method, call) => {
      const given = call();
      if (method === "commit" && slow) {
        slow = false;
        await new Promise<void>((resolve) => (answer = resolve));
      }
      return given;
    });
    await queue.claim();
    await queue.enqueue("a");
    memory.leave(1);
    slow = true;
    const claim = queue.claim();
    await clock.advance(BEAT_MS);
    expect(memory.workers()).toMatchObject([{ id: 2 }]);
    answer?.();
    await turns();
    expect(await claim).toMatchObject([{ type: "a" }]);
    expect(memory.workers()).toMatchObject([{ id: 2 }]);
  });

  it("aborts the signal of a job that was given up with it and taken by another", async () => {
    const { queue, clock, memory } = opened();
    await queue.enqueue("mail");
    const [job] = await queue.claim();
    const { signal } = job!;
    memory.leave(1);
    const { queue: other } = fresh({ memory, clock });
    expect(await other.claim()).toHaveLength(0);
    await clock.advance(0);
    expect(await other.claim()).toMatchObject([{ attempt: 2 }]);
    await clock.advance(BEAT_MS);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: "LeaseLost" });
    await expect(queue.complete(job!)).rejects.toMatchObject({ code: "LeaseLost" });
  });

  it("aborts a signal at once when its own queue cancels the job, with JobCancelled", async () => {
    const { queue } = opened();
    const { id } = await queue.enqueue("mail");
    const [job] = await queue.claim();
    expect(await queue.cancel(id)).toBe(true);
    expect(job?.signal.reason).toMatchObject({ code: "JobCancelled" });
    await expect(queue.complete(job!)).rejects.toMatchObject({ code: "LeaseLost" });
    expect(await queue.get(id)).toMatchObject({ state: "cancelled" });
  });

  it("aborts it at the next beat when another process does", async () => {
    const { queue, clock, memory } = opened();
    const { id } = await queue.enqueue("mail");
    const [job] = await queue.claim();
    await fresh({ memory, clock }).queue.cancel(id);
    expect(job?.signal.aborted).toBe(false);
    await clock.advance(BEAT_MS);
    expect(job?.signal.reason).toMatchObject({ code: "JobCancelled" });
  });

  it("goes on watching a job that the store would not settle just now", async () => {
    let full = false;
    const { queue } = opened((method, call) => {
      if (method === "commit" && full) throw new StoreFull("no room");
      return call();
    });
    const { id } = await queue.enqueue("mail");
    const [job] = await queue.claim();
    full = true;
    await expect(queue.complete(job!)).rejects.toMatchObject({ code: "StoreFull" });
    full = false;
    await queue.cancel(id);
    expect(job?.signal.aborted).toBe(true);
  });

  it("can settle a job later that the store would not settle just now", async () => {
    let full = false;
    const { queue } = opened((method, call) => {
      if (method === "commit" && full) throw new StoreFull("no room");
      return call();
    });
    await queue.enqueue("mail");
    const [job] = await queue.claim();
    full = true;
    await expect(queue.fail(job!, "x")).rejects.toMatchObject({ code: "StoreFull" });
    full = false;
    expect(await queue.complete(job!)).toMatchObject({ state: "completed" });
  });

  it("does not take old news of a job for the loss of its next attempt", async () => {
    let read: (() => void) | undefined;
    let slow = false;
    const { queue, clock, memory } = opened(async (method, call) => {
      const given = call();
      if (method === "get" && slow) await new Promise<void>((resolve) => (read = resolve));
      return given;
    });
    await queue.enqueue("mail");
    const [first] = await queue.claim();
    // The beat is answered as if it had been made before the claim, so the queue looks again.
    memory.beat = () => ({ known: true, holds: [] });
    slow = true;
    await queue.release(first!);
    const [second] = await queue.claim();
    await clock.advance(BEAT_MS);
    slow = false;
    await queue.release(second!);
    const [third] = await queue.claim();
    read?.();
    await turns();
    expect(third?.signal.aborted).toBe(false);
  });
});

describe("a claim by hand, while the store is in trouble,", () => {
  it("rejects with what the store says", async () => {
    let full = false;
    const { queue } = opened((method, call) => {
      if (method === "commit" && full) throw new StoreFull("no room");
      return call();
    });
    await queue.enqueue("mail");
    await queue.claim({ types: ["other"] });
    full = true;
    expect(await outcomeOf(queue.claim())).toMatchObject({ code: "StoreFull" });
    full = false;
    expect(await queue.claim()).toHaveLength(1);
  });

  it("hands out what it claimed though a job that does not fit cannot be buried yet", async () => {
    const jobs = defineJobs({
      mail: {
        payload: schema<string>((value: unknown) =>
          typeof value === "string" ? { value } : { issues: [{ message: "expected text" }] },
        ),
      },
    });
    let full = false;
    const { queue, memory, clock } = fresh({
      jobs,
      leaseMs: LEASE_MS,
      between: (method, call, write: { replace?: unknown[] }) => {
        if (method === "commit" && full && (write.replace?.length ?? 0) > 0)
          throw new StoreFull("no room");
        return call();
      },
    });
    const before = fresh({ memory, clock }).queue;
    await before.enqueue("mail", 7);
    const good = await before.enqueue("mail", "fits");
    full = true;
    const first = outcomeOf(queue.claim({ limit: 2 }));
    await clock.advance(1_000);
    full = false;
    await clock.advance(10 * LEASE_MS);
    const handedOut = [await first, await queue.claim({ limit: 2 })].flat();
    expect(handedOut).toContainEqual(expect.objectContaining({ id: good.id }));
    expect(await queue.summary()).toContain("dead 1,");
  });

  it("waits while the store cannot take the queue as a worker", async () => {
    let full = true;
    const errors: unknown[] = [];
    const { queue, clock } = opened((method, call) => {
      if (method === "join" && full) throw new StoreFull("no room");
      return call();
    });
    queue.on("error", ({ error }) => errors.push(error));
    await queue.enqueue("mail");
    const claim = queue.claim();
    await clock.advance(5_000);
    expect(errors.length).toBeGreaterThan(1);
    full = false;
    await clock.advance(1_000);
    expect(await claim).toHaveLength(1);
  });

  it("does not keep the queue from closing", async () => {
    const { queue, clock } = opened((method, call) => {
      if (method === "join") throw new StoreNewer("written by Turno 9");
      return call();
    });
    queue.on("error", () => {});
    const claim = outcomeOf(queue.claim());
    await clock.advance(1_000);
    let closed = false;
    void queue.close().then(() => (closed = true));
    await clock.advance(10_000);
    expect(closed).toBe(true);
    expect(await Promise.race([claim, turns()])).toBeInstanceOf(Error);
  });
});
