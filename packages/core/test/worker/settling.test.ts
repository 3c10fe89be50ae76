import { type AnyClaimedJob, type AnyJobs, Snooze, StoreFull, type Write } from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";
import { outcomeOf } from "../outcome-of.ts";
import { turns } from "../turns.ts";

const TOLD = ["completed", "failed", "dead", "released", "snoozed", "lost"] as const;

describe("a result whose commit is answered late", () => {
  it.each(["completed", "failed"])("is told as %s, though a beat comes in between", async (how) => {
    let answer: (() => void) | undefined;
    const { queue, clock, memory } = fresh({
      between: async (method, call, write: Write) => {
        const given = call();
        if (method === "commit" && (write.replace?.length ?? 0) > 0)
          await new Promise<void>((resolve) => (answer = resolve));
        return given;
      },
    });
    await queue.enqueue("a");
    const worker = queue.work(
      {
        a: async () => {
          await after(clock, 500);
          if (how === "failed") throw new Error("no");
        },
      },
      { leaseMs: 3_000 },
    );
    const told: string[] = [];
    for (const name of TOLD) worker.on(name, () => told.push(name));
    await clock.advance(600);
    expect(memory.get([1])[0]).toMatchObject({ state: how });
    await clock.advance(1_000);
    answer?.();
    await turns();
    expect(told).toEqual([how]);
  });
});

describe("a handler that settles its job by hand", () => {
  it("and then never ends keeps its slot no longer than its timeoutMs and abortMs say", async () => {
    const { queue, clock } = fresh();
    await queue.enqueue("a", null, { timeoutMs: 1_000 });
    await queue.enqueue("b");
    let started = 0;
    const worker = queue.work(
      {
        a: async (job) => {
          await queue.complete(job);
          await new Promise(() => {});
        },
        b: () => started++,
      },
      { concurrency: 1, abortMs: 300 },
    );
    const told: string[] = [];
    for (const name of TOLD) worker.on(name, () => told.push(name));
    await clock.until(() => started === 1);
    expect(clock.monotonic()).toBe(1_300);
    await clock.advance(1);
    expect(told).toEqual(["completed", "completed"]);
  });

  it("by failing it is told of with what it gave for the reason", async () => {
    const { queue, clock } = fresh();
    const reason = new Error("by hand");
    const worker = queue.work({ a: (job) => queue.fail(job, reason) });
    const errors: unknown[] = [];
    worker.on("failed", ({ error }) => errors.push(error));
    await queue.enqueue("a");
    await clock.advance(10);
    expect(errors).toEqual([reason]);
  });

  it("twice at once is told of as what counted", async () => {
    const { queue, clock } = fresh();
    const reason = new Error("by hand");
    const worker = queue.work({
      a: async (job) => {
        await Promise.allSettled([queue.fail(job, reason), queue.complete(job)]);
      },
    });
    const told: unknown[] = [];
    for (const name of TOLD) worker.on(name, (event: object) => told.push({ name, ...event }));
    await queue.enqueue("a");
    await clock.advance(10);
    expect(told).toMatchObject([{ name: "failed", error: reason }]);
  });

  it("in vain, as the store is full, is judged by how it ends", async () => {
    let full = false;
    const { queue, clock } = fresh({
      between: (method, call) => {
        if (method === "commit" && full) throw new StoreFull("no room");
        return call();
      },
    });
    const worker = queue.work({
      a: async (job) => {
        full = true;
        const refused = await outcomeOf(queue.complete(job));
        full = false;
        throw refused;
      },
    });
    const told: unknown[] = [];
    worker.on("failed", ({ error }) => told.push(error));
    worker.on("error", () => {});
    const { id } = await queue.enqueue("a");
    await clock.advance(1_000);
    expect(told).toMatchObject([{ code: "StoreFull" }]);
    expect(await queue.get(id)).toMatchObject({ state: "failed", attempt: 1 });
  });

  it("from outside is told of as it was settled, and not as lost", async () => {
    const { queue, clock, memory } = fresh();
    let held: AnyClaimedJob<AnyJobs> | undefined;
    const worker = queue.work({
      a: (job) => {
        held = job;
        return after(clock, 60_000);
      },
    });
    const told: string[] = [];
    for (const name of TOLD) worker.on(name, () => told.push(name));
    await queue.enqueue("a");
    await clock.until(() => held !== undefined);
    await queue.release(held!);
    await clock.until(() => memory.counts().running === 1);
    await clock.advance(70_000);
    expect(told[0]).toBe("released");
    expect(told).not.toContain("lost");
  });
});

describe("a claim by hand that waits for a new number", () => {
  it("is over when the queue is closed", async () => {
    let full = false;
    const { queue, clock, memory } = fresh({
      leaseMs: 3_000,
      between: (method, call) => {
        if (method === "join" && full) throw new StoreFull("no room");
        return call();
      },
    });
    queue.on("error", () => {});
    await queue.claim();
    memory.leave(1);
    full = true;
    await clock.advance(1_500);
    let over = false;
    const claim = outcomeOf(queue.claim()).finally(() => (over = true));
    await clock.advance(100);
    let closed = false;
    void queue.close().then(() => (closed = true));
    await clock.advance(10_000);
    expect([closed, over]).toEqual([true, true]);
    expect(await claim).toMatchObject({ code: "QueueClosed" });
    expect(clock.timers).toBe(0);
  });
});

describe("a job that is claimed again before its worker hears that it was put back", () => {
  it.each(["by its handler's throw", "by hand"])("%s is told of as released", async (how) => {
    const held = Promise.withResolvers<void>();
    const { queue, clock } = fresh({
      between: async (method, call, { replace = [] }: Partial<Write>) => {
        const given = call();
        if (method === "commit" && replace.length > 0) await held.promise;
        return given;
      },
    });
    const signals: AbortSignal[] = [];
    const worker = queue.work(
      {
        a: async (job) => {
          signals.push(job.signal);
          if (signals.length > 1) return;
          if (how === "by hand") await queue.release(job);
          else throw new Snooze({ runAt: job.runAt });
        },
      },
      { leaseMs: 300 },
    );
    const told: string[] = [];
    for (const name of TOLD) worker.on(name, () => told.push(name));
    await queue.enqueue("a");
    // A beat says that the worker holds a later revision than it knows of.
    await clock.advance(150);
    held.resolve();
    await clock.advance(100);
    expect(told).toEqual(["released", "completed"]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  });
});
