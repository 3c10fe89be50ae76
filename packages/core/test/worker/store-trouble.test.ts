import { defineJobs, json, StoreCorrupt, StoreFull, StoreNewer, type Write } from "@turno/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { after } from "../after.ts";
import type { Method } from "../around.ts";
import { fresh } from "../fresh.ts";
import { outcomeOf } from "../outcome-of.ts";

const jobs = defineJobs({
  square: { payload: json<number>(), result: json<number>(), maxAttempts: 2 },
});

/** A store in trouble while `trouble` gives an error for the method. */
function troubled() {
  let trouble: (method: Method, write: Write) => Error | undefined = () => undefined;
  const setting = fresh({
    jobs,
    between: (method, call, write) => {
      const error = trouble(method, write);
      if (error !== undefined) throw error;
      return call();
    },
  });
  const runs: number[] = [];
  const told: string[] = [];
  const errors: unknown[] = [];
  const work = (durationMs = 0) => {
    const worker = setting.queue.work({
      square: async ({ payload }) => {
        runs.push(payload);
        if (durationMs > 0) await after(setting.clock, durationMs);
        return payload * payload;
      },
    });
    worker.on("completed", ({ job }) => told.push(`completed ${job.payload}`));
    worker.on("lost", () => told.push("lost"));
    worker.on("error", ({ error }) => errors.push(error));
    return worker;
  };
  return { ...setting, work, runs, told, errors, be: (next: typeof trouble) => (trouble = next) };
}

const isClaim = (write: Write) => write.claim !== undefined;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a store that is full for a while", () => {
  it("loses no result: it is kept, stored later, and told of only then", async () => {
    const { queue, clock, work, be, runs, told, errors, memory } = troubled();
    const { id } = await queue.enqueue("square", 3);
    work(100);
    await clock.advance(50);
    be((method) => (method === "commit" ? new StoreFull("no room") : undefined));
    await clock.advance(10 * 60_000);
    expect([runs, told]).toEqual([[3], []]);
    expect(memory.counts()).toMatchObject({ running: 1, completed: 0 });
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every((error) => error instanceof StoreFull)).toBe(true);
    be(() => undefined);
    expect(await clock.until(() => told.length > 0)).toBeLessThanOrEqual(500);
    expect(told).toEqual(["completed 3"]);
    expect(await queue.get(id)).toMatchObject({ state: "completed", result: 9, attempt: 1 });
    await queue.enqueue("square", 4);
    expect(await clock.until(() => runs.length === 2)).toBeLessThanOrEqual(1_000);
  });

  it("is asked for two claims a second at the most, and told of as often, however often work comes", async () => {
    const { queue, clock, work, be, errors } = troubled();
    let claims = 0;
    be((method, write) => {
      if (method !== "commit" || !isClaim(write)) return undefined;
      claims++;
      return new StoreFull("no room");
    });
    work();
    for (let count = 0; count < 100; count++) {
      await queue.enqueue("square", count).catch(() => {});
      await clock.advance(100);
    }
    expect(claims).toBeGreaterThan(5);
    expect(claims).toBeLessThanOrEqual(21);
    expect(errors.length).toBeLessThanOrEqual(21);
  });

  it("acknowledges nothing that is not stored", async () => {
    const { queue, be, work, clock, memory } = troubled();
    work();
    await clock.advance(10);
    be((method) => (method === "commit" ? new StoreFull("no room") : undefined));
    expect(await outcomeOf(queue.enqueue("square", 3))).toMatchObject({ code: "StoreFull" });
    expect(memory.counts().pending).toBe(0);
    be(() => undefined);
    await clock.advance(5_000);
    expect(memory.list({ limit: 10 })).toEqual([]);
  });

  it("is not asked in a busy loop", async () => {
    let commits = 0;
    const { queue, clock, work, be } = troubled();
    await queue.enqueue("square", 3);
    work(100);
    await clock.advance(50);
    be((method) => {
      if (method !== "commit") return undefined;
      commits++;
      return new StoreFull("no room");
    });
    await clock.advance(60_000);
    expect(commits).toBeLessThan(300);
  });

  it("is told to console.error once where nobody listens", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    const { queue, clock, be } = troubled();
    queue.work({ square: ({ payload }) => payload });
    be((method) => (method === "commit" ? new StoreFull("no room") : undefined));
    await clock.advance(60_000);
    expect(printed.mock.calls).toEqual([["turno:", new StoreFull("no room")]]);
  });

  it.each(["beat", "workers", "prune", "nextDueAt", "list", "leave"] as const)(
    "for %s alone does not keep a worker from working",
    async (failing) => {
      const { queue, clock, work, be, told, errors } = troubled();
      work();
      be((method) => (method === failing ? new StoreFull("no room") : undefined));
      await clock.advance(15_000);
      if (failing !== "leave") expect(errors.length).toBeGreaterThan(0);
      await queue.enqueue("square", 3);
      await queue.enqueue("square", 4, { delayMs: 1_500 });
      await clock.advance(3_000);
      expect(told).toEqual(["completed 3", "completed 4"]);
    },
  );

  it("makes a worker join as soon as it can", async () => {
    const { queue, clock, work, be, told, errors } = troubled();
    be((method) => (method === "join" ? new StoreFull("no room") : undefined));
    work();
    await queue.enqueue("square", 3);
    await clock.advance(5_000);
    expect(told).toEqual([]);
    expect(errors.length).toBeGreaterThan(2);
    be(() => undefined);
    expect(await clock.until(() => told.length === 1)).toBeLessThanOrEqual(1_000);
  });
});

describe("a claim that fails", () => {
  it("rejects no producer, and the worker tries again", async () => {
    const { queue, clock, work, be, told, errors } = troubled();
    work();
    await clock.advance(10);
    const corrupt = new StoreCorrupt("damaged");
    be((method, write) => (method === "commit" && isClaim(write) ? corrupt : undefined));
    expect(await queue.enqueue("square", 3)).toMatchObject({ added: true });
    expect(errors).toEqual([corrupt]);
    await clock.advance(5_000);
    expect(await queue.summary()).toContain("pending 1,");
    be(() => undefined);
    await clock.advance(1_000);
    expect(told).toEqual(["completed 3"]);
  });

  it("keeps no result from being stored", async () => {
    const { queue, clock, work, be, told } = troubled();
    await queue.enqueueMany([
      { type: "square", payload: 3 },
      { type: "square", payload: 4 },
    ]);
    work(100);
    await clock.advance(50);
    be((method, write) =>
      method === "commit" && isClaim(write) ? new StoreCorrupt("damaged") : undefined,
    );
    await clock.advance(200);
    expect(told).toEqual(["completed 3", "completed 4"]);
  });

  it("with a bug of the store's, which is no StoreError, does neither harm", async () => {
    const { queue, clock, work, be, told } = troubled();
    work();
    await clock.advance(10);
    be((method, write) =>
      method === "commit" && isClaim(write) ? new RangeError("a bug") : undefined,
    );
    expect(await queue.enqueue("square", 3)).toMatchObject({ added: true });
    be(() => undefined);
    await clock.advance(1_000);
    expect(told).toEqual(["completed 3"]);
  });
});

describe("a store that a newer Turno has written", () => {
  it.each(["commit", "beat", "workers", "join"] as const)(
    "found out by %s makes the worker drain and stop",
    async (finding) => {
      const { queue, clock, work, be, told, memory } = troubled();
      await queue.enqueue("square", 3);
      if (finding === "join")
        be((method) => (method === "join" ? new StoreNewer("newer") : undefined));
      const worker = work(12_000);
      let stopped = false;
      void worker.stopped.then(() => (stopped = true));
      await clock.advance(10);
      be((method, write) => {
        if (method !== finding) return undefined;
        return method === "commit" && !isClaim(write) ? undefined : new StoreNewer("newer");
      });
      await clock.advance(30_000);
      expect(stopped).toBe(true);
      expect(told).toEqual(finding === "join" ? [] : ["completed 3"]);
      expect(memory.workers()).toEqual([]);
      expect(clock.timers).toBe(0);
    },
  );

  it("rejects what producers want, and takes no job from them", async () => {
    const { queue, be } = troubled();
    be((method) => (method === "commit" ? new StoreNewer("newer") : undefined));
    expect(await outcomeOf(queue.enqueue("square", 3))).toMatchObject({
      code: "StoreNewer",
      transient: false,
    });
  });
});
