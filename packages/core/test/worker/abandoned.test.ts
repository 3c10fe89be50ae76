import { defineJobs, MemoryStore, StoreBusy, StoreFull } from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import type { Method } from "../around.ts";
import { fresh } from "../fresh.ts";
import { turns } from "../turns.ts";

const LEASE_MS = 3_000;
const HOUR_MS = 3_600_000;

/** A job held by a worker of a process that was killed: it beats no more. */
async function killed(settings: object = {}, leaseMs = LEASE_MS) {
  const setting = fresh({ leaseMs });
  const { queue, memory, clock } = setting;
  const { id } = await queue.enqueue("a", null, settings);
  const worker = memory.join({ leaseMs });
  const claim = () => memory.commit({ now: clock.now(), claim: { worker, limit: 1 } });
  expect(claim().claimed).toHaveLength(1);
  return { ...setting, id, dead: worker };
}

describe("a worker that beats no more", () => {
  it("is given up after a whole lease, and its job runs again at once, charged", async () => {
    const { queue, clock, id, memory } = await killed();
    let ranAt: number | undefined;
    const told: unknown[] = [];
    const worker = queue.work({ a: () => (ranAt = clock.monotonic()) }, { leaseMs: LEASE_MS });
    worker.on("abandoned", ({ job }) => told.push([job.id, job.state, job.failures]));
    await clock.until(() => ranAt !== undefined);
    expect(ranAt).toBeGreaterThanOrEqual(LEASE_MS);
    expect(ranAt).toBeLessThanOrEqual(LEASE_MS + 1_100);
    await clock.advance(10);
    expect(await queue.get(id)).toMatchObject({ state: "completed", attempt: 2 });
    expect(told).toMatchObject([[id, "failed", [{ kind: "abandoned", attempt: 1 }]]]);
    expect(memory.workers()).toHaveLength(1);
  });

  it("is given up after its own lease, whatever the observer's", async () => {
    const { queue, clock, memory } = await killed({}, 60_000);
    queue.work({ other: () => {} }, { leaseMs: 1_000 });
    await clock.advance(58_000);
    expect(memory.counts().running).toBe(1);
    await clock.advance(4_000);
    expect(memory.counts().failed).toBe(1);
  });

  it("is given up by a worker that has no handler for its jobs", async () => {
    const { queue, clock, memory } = await killed();
    queue.work({ other: () => {} });
    await clock.advance(6_000);
    expect(memory.counts()).toMatchObject({ running: 0, failed: 1 });
    expect(memory.list({ limit: 1 })[0]).toMatchObject({ ready: true });
  });

  it("is given up by a queue that claims by hand", async () => {
    const { queue, clock, id } = await killed();
    await queue.claim();
    await clock.advance(6_000);
    expect(await queue.claim()).toMatchObject([{ id, attempt: 2 }]);
  });

  it("lets its job wait by the backoff from the second time on, and die when its attempts are spent", async () => {
    const backoff = { kind: "fixed", baseMs: 500, jitter: 0 };
    const { queue, clock, memory, id } = await killed({ maxAttempts: 3, backoff });
    queue.work({ other: () => {} });
    const loseAgain = async () => {
      const worker = memory.join({ leaseMs: LEASE_MS });
      const { claimed } = memory.commit({ now: clock.now(), claim: { worker, limit: 1 } });
      expect(claimed).toHaveLength(1);
      const failedSoFar = claimed[0]!.failures.length;
      await clock.until(() => memory.get([1])[0]!.failures.length > failedSoFar);
      return queue.get(id);
    };
    await clock.until(() => memory.counts().failed === 1);
    expect(await loseAgain()).toMatchObject({ state: "failed", runAt: clock.now() + 500 });
    await clock.advance(500);
    expect(await loseAgain()).toMatchObject({ state: "dead", attempt: 3 });
  });

  it("lets its job wait as its type's function says, where that is known", async () => {
    const jobs = defineJobs({ a: { backoff: (attempt: number) => attempt * 100 } });
    const { clock, memory, id } = await killed();
    const queue = fresh({ clock, memory, jobs }).queue;
    queue.work({ a: () => after(clock, HOUR_MS) });
    await clock.until(() => memory.counts().failed === 1 || memory.get([1])[0]?.attempt === 2);
    const second = memory.get([1])[0];
    expect(second).toMatchObject({ attempt: 2 });
    // Its second worker is lost too.
    memory.leave(second?.state === "running" ? second.worker : 0);
    await clock.until(() => memory.get([1])[0]!.failures.length === 2, HOUR_MS);
    expect(await queue.get(id)).toMatchObject({ state: "failed", runAt: clock.now() + 200 });
  });

  it("buries a job that was on its last attempt", async () => {
    const { queue, clock, id } = await killed({ maxAttempts: 1 });
    const worker = queue.work({ other: () => {} });
    const told: string[] = [];
    worker.on("abandoned", ({ job }) => told.push(job.state));
    await clock.advance(6_000);
    expect(told).toEqual(["dead"]);
    expect(await queue.get(id)).toMatchObject({ state: "dead", failures: [{ kind: "abandoned" }] });
  });
});

describe("a worker that beats", () => {
  it("is never given up, however long its handlers take", async () => {
    const { queue, clock, memory } = fresh();
    const { id } = await queue.enqueue("a");
    queue.work({ a: () => after(clock, HOUR_MS) }, { leaseMs: LEASE_MS });
    fresh({ memory, clock }).queue.work({ other: () => {} });
    await clock.advance(HOUR_MS + 10);
    expect(await queue.get(id)).toMatchObject({ state: "completed", attempt: 1 });
    expect(memory.workers().map(({ id: number }) => number)).toEqual([1, 2]);
  });

  it("is not given up when the wall clock jumps, to either side", async () => {
    const { queue, clock, memory } = fresh();
    await queue.enqueue("a");
    queue.work({ a: () => after(clock, 60_000) }, { leaseMs: LEASE_MS });
    fresh({ memory, clock }).queue.work({ other: () => {} });
    for (const ms of [HOUR_MS, -3 * HOUR_MS, 10 * HOUR_MS]) {
      await clock.advance(5_000);
      clock.jump(ms);
    }
    await clock.advance(50_000);
    expect(memory.get([1])[0]).toMatchObject({ state: "completed", attempt: 1 });
  });

  it("is not given up at once by an observer that was frozen", async () => {
    const { queue: others, clock, memory } = await killed();
    // The silent worker is alive after all: it only could not beat while the machine slept.
    others.work({ other: () => {} }, { leaseMs: LEASE_MS });
    await clock.advance(1_500);
    clock.freeze(HOUR_MS);
    await clock.advance(1);
    expect(memory.counts().running).toBe(1);
    memory.beat(1);
    await clock.advance(2_000);
    expect(memory.counts().running).toBe(1);
  });
});

describe("workers whose store takes no writes for longer than a lease", () => {
  const WRITES = new Set<Method>(["commit", "beat", "join", "leave", "prune"]);

  it.each([
    ["has no room", new StoreFull("no room")],
    ["is locked by somebody else", new StoreBusy("locked")],
  ])("give each other up neither while it %s nor afterwards", async (_, trouble) => {
    const { memory, clock } = fresh();
    let isTroubled = false;
    const told: string[] = [];
    const runs: unknown[] = [];
    const start = () => {
      const { queue } = fresh({
        memory,
        clock,
        between: (method, call) => {
          if (isTroubled && WRITES.has(method)) throw trouble;
          return call();
        },
      });
      const handle = async ({ payload }: { payload: unknown }) => {
        runs.push(payload);
        await after(clock, 2_000);
      };
      const worker = queue.work({ a: handle }, { leaseMs: LEASE_MS, concurrency: 1 });
      worker.on("error", () => {});
      worker.on("abandoned", ({ job }) => told.push(`abandoned ${String(job.payload)}`));
      worker.on("lost", () => told.push("lost"));
      worker.on("completed", ({ job }) => told.push(`completed ${String(job.payload)}`));
      return queue;
    };
    const first = start();
    // Their beats are as far from each other as they can be.
    await clock.advance(LEASE_MS / 6);
    start();
    await first.enqueueMany([1, 2].map((payload) => ({ type: "a", payload })));
    await clock.advance(LEASE_MS / 3);
    isTroubled = true;
    await clock.advance(20 * LEASE_MS);
    isTroubled = false;
    await clock.advance(5 * LEASE_MS);
    expect(told.toSorted()).toEqual(["completed 1", "completed 2"]);
    expect(runs).toHaveLength(2);
  });

  it("give up one that was lost meanwhile", async () => {
    const { clock, memory } = await killed();
    let isTroubled = true;
    const { queue } = fresh({
      memory,
      clock,
      between: (method, call) => {
        if (isTroubled && method !== "join" && WRITES.has(method)) throw new StoreFull("no room");
        return call();
      },
    });
    queue.work({ other: () => {} }, { leaseMs: LEASE_MS }).on("error", () => {});
    await clock.advance(20 * LEASE_MS);
    isTroubled = false;
    expect(await clock.until(() => memory.counts().failed === 1)).toBeLessThanOrEqual(2 * LEASE_MS);
  });
});

describe("a worker that is given up", () => {
  it("stays, if it beats before that is done", async () => {
    const { clock, memory } = await killed();
    const { queue } = fresh({
      clock,
      memory,
      between: (method, call) => {
        // Its first beat for a whole lease comes while the other makes up its mind.
        if (method === "leave") memory.beat(1);
        return call();
      },
    });
    queue.work({ other: () => {} });
    await clock.advance(5_000);
    expect(memory.workers().map(({ id }) => id)).toContain(1);
    expect(memory.counts().running).toBe(1);
  });

  it("goes at once where its process is known to have ended", async () => {
    class Knowing extends MemoryStore {
      override workers() {
        return super.workers().map((worker) => ({ ...worker, gone: worker.id === 1 }));
      }
    }
    const memory = new Knowing();
    const { queue, clock } = fresh({ memory });
    await queue.enqueue("a");
    const worker = memory.join({ leaseMs: HOUR_MS });
    memory.commit({ now: clock.now(), claim: { worker, limit: 1 } });
    memory.beat(worker);
    let runs = 0;
    queue.work({ a: () => runs++ });
    expect(await clock.until(() => runs === 1)).toBe(0);
  });
});

describe("a dead worker's silence", () => {
  it("is not shortened or lengthened by a wall clock that jumps", async () => {
    const { queue, clock, memory } = await killed();
    queue.work({ other: () => {} });
    await clock.advance(1_000);
    clock.jump(HOUR_MS);
    await clock.advance(1_000);
    expect(memory.counts().running).toBe(1);
    clock.jump(-2 * HOUR_MS);
    await clock.advance(2_100);
    expect(memory.counts().running).toBe(0);
  });
});

describe("an orphan", () => {
  it("is found at once by a worker that starts", async () => {
    const { queue, clock, memory, dead, id } = await killed();
    memory.leave(dead);
    let runs = 0;
    queue.work({ a: () => runs++ });
    expect(await clock.until(() => runs === 1)).toBe(0);
    await clock.advance(1);
    expect(await queue.get(id)).toMatchObject({ state: "completed", attempt: 2 });
  });

  it("is found within a lease by a worker that was there before", async () => {
    const { queue, clock, memory, dead } = await killed({}, HOUR_MS);
    queue.work({ a: () => {} }, { leaseMs: LEASE_MS });
    await clock.advance(100);
    memory.leave(dead);
    expect(await clock.until(() => memory.counts().completed === 1)).toBeLessThanOrEqual(
      LEASE_MS + 1_000,
    );
  });

  it("among many is not left out", async () => {
    const { queue, memory, clock } = fresh();
    await queue.enqueueMany(Array.from({ length: 1_200 }, () => ({ type: "a" })));
    const worker = memory.join({ leaseMs: LEASE_MS });
    memory.commit({ now: clock.now(), claim: { worker, limit: 1_200 } });
    memory.leave(worker);
    queue.work({ other: () => {} });
    await clock.advance(10);
    expect(memory.counts()).toMatchObject({ running: 0, failed: 1_200 });
  });
});

describe("an orphan that somebody else writes meanwhile", () => {
  it("is theirs, and not told as abandoned", async () => {
    const { queue: others, clock, memory, dead, id } = await killed();
    memory.leave(dead);
    let cancelled: Promise<boolean> | undefined;
    const { queue } = fresh({
      clock,
      memory,
      between: async (method, call) => {
        const given = call();
        if (method === "list") await (cancelled ??= others.cancel(id));
        return given;
      },
    });
    const told: string[] = [];
    queue.work({ other: () => {} }).on("abandoned", ({ job }) => told.push(job.id));
    await clock.advance(100);
    expect(await cancelled).toBe(true);
    expect(told).toEqual([]);
    expect(await queue.get(id)).toMatchObject({ state: "cancelled" });
  });
});

describe("a worker that was given up though it lives", () => {
  it("joins under a new number at its next beat, and goes on", async () => {
    const { queue, clock, memory } = fresh();
    const runs: unknown[] = [];
    queue.work({ a: ({ payload }) => runs.push(payload) }, { leaseMs: LEASE_MS });
    await clock.advance(100);
    memory.leave(1);
    await clock.advance(1_000);
    expect(memory.workers()).toMatchObject([{ id: 2, leaseMs: LEASE_MS }]);
    await queue.enqueue("a", 1);
    await clock.advance(1);
    expect(runs).toEqual([1]);
  });

  it("joins under a new number at its next claim, which it repeats", async () => {
    const { queue, clock, memory } = fresh();
    let runs = 0;
    queue.work({ a: () => runs++ });
    await clock.advance(100);
    memory.leave(1);
    await queue.enqueue("a");
    expect(await clock.until(() => runs === 1)).toBe(0);
    expect(memory.workers()).toMatchObject([{ id: 2 }]);
  });

  it("aborts the handlers whose jobs went to others, and settles nothing of theirs", async () => {
    const { queue, clock, memory } = fresh();
    const { id } = await queue.enqueue("a");
    let signal: AbortSignal | undefined;
    const told: unknown[] = [];
    const worker = queue.work(
      {
        a: async (job) => {
          signal ??= job.signal;
          await after(clock, 20_000);
        },
      },
      { leaseMs: LEASE_MS, concurrency: 1 },
    );
    worker.on("lost", ({ reason }) => told.push(reason));
    await clock.advance(100);
    memory.leave(1);
    const other = fresh({ memory, clock }).queue;
    other.work({ a: () => {} });
    await clock.until(() => memory.counts().completed === 1);
    await clock.until(() => signal?.aborted === true, 2_000);
    expect(signal?.reason).toMatchObject({
      code: "LeaseLost",
      message: expect.stringContaining(id),
    });
    await clock.advance(30_000);
    expect(told).toEqual([signal?.reason]);
    expect(await queue.get(id)).toMatchObject({ state: "completed", attempt: 2 });
  });

  it("does not join twice when a claim and a beat find out together", async () => {
    const gates: (() => void)[] = [];
    let slow = false;
    const { queue, clock, memory } = fresh({
      between: async (method, call) => {
        const given = call();
        if (slow && method === "commit") await new Promise<void>((resolve) => gates.push(resolve));
        return given;
      },
    });
    queue.work({ a: () => {} }, { leaseMs: LEASE_MS, pollMs: HOUR_MS });
    await clock.advance(100);
    memory.leave(1);
    slow = true;
    void queue.enqueue("a");
    await clock.advance(1_000);
    slow = false;
    gates.forEach((open) => open());
    await turns();
    await clock.advance(5_000);
    expect(memory.workers().map(({ id }) => id)).toEqual([2]);
    expect(memory.counts().completed).toBe(1);
  });
});
