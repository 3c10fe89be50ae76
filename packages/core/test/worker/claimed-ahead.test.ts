import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";

const AHEAD_MS = 100;

/** A worker whose handlers take `durationOf(payload)` ms, and what of its jobs is only lined up. */
function working(
  durationOf: (payload: number) => number,
  options: { concurrency: number; concurrencyOf?: object },
) {
  const setting = fresh();
  const { clock, memory, queue } = setting;
  const started = new Set<string>();
  const worker = queue.work(
    {
      a: async ({ id, payload }) => {
        started.add(id);
        await after(clock, durationOf(payload as number));
      },
    },
    options,
  );
  const linedUp = () =>
    memory
      .list({ states: ["running"], limit: 10_000 })
      .filter(({ id, attempt }) => !started.has(`${id}`) || attempt > 1);
  const released: unknown[] = [];
  worker.on("released", ({ job }) => {
    started.delete(job.id);
    released.push(job.payload);
  });
  return { ...setting, worker, started, linedUp, released };
}

function jobs(count: number, settings: object = {}) {
  return Array.from({ length: count }, (_, payload) => ({ type: "a", payload, ...settings }));
}

describe("claimed ahead", () => {
  it("is nothing before any handler has ended", async () => {
    const { queue, clock, linedUp, memory } = working(() => 10, { concurrency: 3 });
    await queue.enqueueMany(jobs(100));
    await clock.advance(5);
    expect(linedUp()).toEqual([]);
    expect(memory.counts().running).toBe(3);
  });

  it.each([
    { durationMs: 1, concurrency: 1 },
    { durationMs: 10, concurrency: 1 },
    { durationMs: 10, concurrency: 4 },
    { durationMs: 60, concurrency: 4 },
    { durationMs: 0, concurrency: 2 },
  ])("is what will start within 100 ms, %o", async ({ durationMs, concurrency }) => {
    const { queue, clock, linedUp } = working(() => durationMs, { concurrency });
    await queue.enqueueMany(jobs(400));
    const most = Math.min(1_000, Math.floor((concurrency * AHEAD_MS) / Math.max(durationMs, 1e-9)));
    let seen = 0;
    await clock.until(() => {
      seen = Math.max(seen, linedUp().length);
      return queueIsDone();
    });
    expect(seen).toBeLessThanOrEqual(most);
    if (durationMs > 0) expect(seen).toBeGreaterThanOrEqual(most / 2);

    function queueIsDone() {
      return linedUp().length === 0 && clock.monotonic() > 1_000;
    }
  });

  it("is nothing where handlers take longer than that", async () => {
    const { queue, clock, linedUp } = working(() => 150, { concurrency: 1 });
    await queue.enqueueMany(jobs(30));
    for (let step = 0; step < 60; step++) {
      await clock.advance(50);
      expect(linedUp()).toEqual([]);
    }
  });

  it("goes by the slowest handler of late", async () => {
    const { queue, clock, linedUp } = working((n) => (n === 5 ? 90 : 1), { concurrency: 1 });
    await queue.enqueueMany(jobs(60));
    await clock.advance(150);
    for (let step = 0; step < 40; step++) {
      await clock.advance(1);
      expect(linedUp().length).toBeLessThanOrEqual(1);
    }
  });

  it("is never a job that losing one attempt would bury", async () => {
    const { queue, clock, started, memory } = working(() => 5, { concurrency: 2 });
    await queue.enqueueMany(
      jobs(120).map((job, n) => ({ ...job, maxAttempts: n % 3 === 0 ? 1 : 5, priority: n % 2 })),
    );
    await clock.until(() => {
      const waiting = memory
        .list({ states: ["running"], limit: 1_000 })
        .filter(({ id, attempt, maxAttempts }) => attempt >= maxAttempts && !started.has(id));
      if (waiting.length > 0) throw new Error(`${waiting.length} last attempts wait in line`);
      return memory.counts().completed === 120;
    });
    expect(memory.counts().completed).toBe(120);
  });

  it("is not overtaken by what comes after such a job", async () => {
    const order: unknown[] = [];
    const { clock, queue } = fresh();
    queue.work(
      {
        a: async ({ payload }) => {
          order.push(payload);
          await after(clock, 5);
        },
      },
      { concurrency: 1 },
    );
    await queue.enqueueMany(
      jobs(30).map((job, n) => ({ ...job, maxAttempts: n % 4 === 3 ? 1 : 9 })),
    );
    await clock.until(() => order.length === 30);
    expect(order).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });

  it("goes back uncharged when it has waited too long, and another worker can take it", async () => {
    const { queue, clock, memory, released, linedUp } = working((n) => (n === 9 ? 60_000 : 1), {
      concurrency: 1,
    });
    await queue.enqueueMany(jobs(60));
    await clock.advance(10);
    expect(linedUp().length).toBeGreaterThan(20);
    await clock.advance(2 * AHEAD_MS);
    expect(linedUp()).toEqual([]);
    expect(released.length).toBeGreaterThan(20);
    const { jobs: waiting } = await queue.list({ states: ["pending"] });
    expect(waiting).toHaveLength(50);
    expect(waiting.every(({ attempt, failures }) => attempt === 0 && failures.length === 0)).toBe(
      true,
    );
    const other = fresh({ memory, clock }).queue;
    other.work({ a: () => {} });
    await clock.until(() => memory.counts().completed === 59, 5_000);
  });

  it("is not claimed and sent back over and over while one handler is slow", async () => {
    const { queue, clock, released } = working((n) => (n === 9 ? 60_000 : 1), { concurrency: 1 });
    await queue.enqueueMany(jobs(60));
    await clock.advance(1_000);
    const soFar = released.length;
    await clock.advance(50_000);
    expect(released.length).toBe(soFar);
    expect(soFar).toBeLessThan(110);
  });

  it("is not claimed again, once it was sent back, before a slot got free", async () => {
    const { queue, clock, released, memory } = working(() => 900, { concurrency: 10 });
    await queue.enqueueMany(jobs(60));
    await clock.until(() => memory.counts().completed === 10);
    await clock.advance(1);
    released.length = 0;
    await clock.advance(800);
    expect(memory.counts().completed).toBe(10);
    expect(released.length).toBe(new Set(released).size);
  });

  it("leaves no job behind one slow handler where there are other slots", async () => {
    const { queue, clock, memory } = working((n) => (n === 9 ? 60_000 : 5), { concurrency: 2 });
    await queue.enqueueMany(jobs(400));
    // The other slot could do it in 2 s; meanwhile a few go back and forth.
    expect(await clock.until(() => memory.counts().completed === 399)).toBeLessThan(4_000);
  });

  it("is not sent back by handlers as regular as clockwork", async () => {
    const { queue, clock, memory, released } = working(() => 1, { concurrency: 1 });
    await queue.enqueueMany(jobs(500));
    await clock.until(() => memory.counts().completed === 500);
    expect(released).toEqual([]);
  });

  it("runs in claim order as slots get free", async () => {
    const { queue, clock, started, memory } = working((n) => n % 5, { concurrency: 3 });
    const answers = await queue.enqueueMany(jobs(200));
    await clock.until(() => memory.counts().completed === 200);
    const places = new Map(answers.map(({ id }, n) => [String(id), n]));
    const order = [...started].map((id) => places.get(id) ?? -1);
    const inversions = order.filter((place, n) => n > 0 && place < (order[n - 1] ?? 0));
    expect(inversions).toEqual([]);
  });
});
