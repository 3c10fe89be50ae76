import { defineJobs, Fatal, json, MemoryStore, Queue, Snooze } from "@turno/core";
import { drain, SimulatedClock } from "@turno/testkit";
import { describe, expect, it, onTestFinished } from "vitest";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const jobs = defineJobs({
  double: { payload: json<number>(), result: json<number>() },
  flaky: { maxAttempts: 3, backoff: { kind: "fixed", baseMs: 60_000, jitter: 0 } },
  slow: { timeoutMs: 30_000, maxAttempts: 1 },
  other: {},
});

function fresh(clock?: SimulatedClock) {
  const queue = new Queue({ store: new MemoryStore(), jobs, clock, random: () => 0.5 });
  onTestFinished(() => queue.close());
  return queue;
}

const fails = () => {
  throw new Error("no luck");
};

describe("drain", () => {
  it("runs what is ready and tells in order what became of it", async () => {
    const queue = fresh();
    const first = await queue.enqueue("double", 1);
    const second = await queue.enqueue("flaky");
    const third = await queue.enqueue("double", 3, { priority: 1 });
    const ran = await drain(queue, { double: ({ payload }) => payload * 2, flaky: fails });
    expect(ran).toMatchObject([
      { id: third.id, type: "double", state: "completed", attempt: 1, result: 6 },
      { id: first.id, type: "double", state: "completed", attempt: 1, result: 2 },
      { id: second.id, type: "flaky", state: "failed", attempt: 1, error: new Error("no luck") },
    ]);
  });

  it("runs what handlers enqueue meanwhile", async () => {
    const queue = fresh();
    await queue.enqueue("double", 3);
    const ran = await drain(queue, {
      double: async ({ payload }) => {
        if (payload > 0) await queue.enqueue("double", payload - 1);
        return payload;
      },
    });
    expect(ran.map(({ result }) => result)).toEqual([3, 2, 1, 0]);
  });

  it("leaves what is due later, what is paused and what has no handler", async () => {
    const queue = fresh();
    await queue.enqueue("double", 1, { delayMs: HOUR_MS });
    await queue.enqueue("flaky");
    await queue.enqueue("other");
    await queue.pause("flaky");
    expect(await drain(queue, { double: () => 1, flaky: fails })).toEqual([]);
    expect(await queue.counts()).toMatchObject({ pending: 3 });
  });

  it("leaves what another holds", async () => {
    const queue = fresh(new SimulatedClock());
    await queue.enqueue("other");
    await queue.claim();
    expect(await drain(queue, { other: () => {} })).toEqual([]);
  });

  it("answers with nothing where there is nothing, again and again", async () => {
    const queue = fresh();
    expect(await drain(queue, { other: () => {} })).toEqual([]);
    expect(await drain(queue, { other: () => {} })).toEqual([]);
  });

  it("runs a thousand jobs, each once", async () => {
    const queue = fresh();
    await queue.enqueueMany(
      Array.from({ length: 1_000 }, (_, payload) => ({ type: "double", payload })),
    );
    const ran = await drain(queue, { double: ({ payload }) => payload });
    expect(ran.map(({ result }) => result)).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
  });

  it("waits for handlers that wait for real time", async () => {
    const queue = fresh();
    await queue.enqueue("double", 4);
    const ran = await drain(queue, {
      double: ({ payload }) =>
        new Promise<number>((resolve) => void setTimeout(() => resolve(payload), 30)),
    });
    expect(ran).toMatchObject([{ result: 4 }]);
  });

  it("tells of a job that was cancelled while it ran", async () => {
    const queue = fresh();
    await queue.enqueue("other");
    const ran = await drain(queue, { other: (job) => queue.cancel(job.id) });
    expect(ran).toMatchObject([{ state: "cancelled", error: { code: "JobCancelled" } }]);
  });

  it("rejects, naming the job, where a handler does not end", async () => {
    const queue = fresh();
    const { id } = await queue.enqueue("other");
    const draining = drain(queue, { other: () => new Promise(() => {}) }, { stuckAfterMs: 30 });
    await expect(draining).rejects.toThrow(
      `the handler of job ${id} ("other") has not ended after 30 ms`,
    );
  });

  it("rejects with what is no handler's failure", async () => {
    const queue = fresh();
    await queue.enqueue("other");
    const draining = drain(queue, {
      other: async (job) => {
        await queue.complete(job);
        throw new Error("too late");
      },
    });
    await expect(draining).rejects.toThrow("too late");
  });

  it("refuses options that it does not have, and until without a clock", async () => {
    const queue = fresh();
    await expect(drain(queue, {}, { untill: 1 } as object)).rejects.toThrow(
      'there is no option "untill"; the options are clock, until,',
    );
    await expect(drain(queue, {}, { until: 1 })).rejects.toThrow("until needs clock");
  });
});

describe("drain with a clock", () => {
  it("runs each retry after its backoff, until the attempts are spent", async () => {
    const clock = new SimulatedClock();
    const queue = fresh(clock);
    const start = clock.now();
    await queue.enqueue("flaky");
    const ran = await drain(queue, { flaky: fails }, { clock });
    expect(ran.map((run) => [run.state, run.attempt, (run.claimedAt - start) / 1_000])).toEqual([
      ["failed", 1, 0],
      ["failed", 2, 60],
      ["dead", 3, 120],
    ]);
  });

  it("travels to jobs that are due later, and no further", async () => {
    const clock = new SimulatedClock();
    const queue = fresh(clock);
    const start = clock.now();
    await queue.enqueue("double", 2, { delayMs: 400 * DAY_MS });
    await queue.enqueue("double", 1, { runAt: start + DAY_MS });
    const ranAt: number[] = [];
    await drain(queue, { double: () => ranAt.push(clock.now() - start) }, { clock });
    expect(ranAt).toEqual([DAY_MS, 400 * DAY_MS]);
    expect(clock.now()).toBe(start + 400 * DAY_MS);
  });

  it("leaves what is due after until", async () => {
    const clock = new SimulatedClock();
    const queue = fresh(clock);
    await queue.enqueue("other", null, { delayMs: DAY_MS });
    const until = clock.now() + DAY_MS - 1;
    expect(await drain(queue, { other: () => {} }, { clock, until })).toEqual([]);
    const tomorrow = new Date(until + 1);
    expect(await drain(queue, { other: () => {} }, { clock, until: tomorrow })).toHaveLength(1);
  });

  it("fires the test's own timers on the way, each at its moment", async () => {
    const clock = new SimulatedClock();
    const queue = fresh(clock);
    const start = clock.now();
    const fired: number[] = [];
    clock.setTimeout(() => fired.push(clock.now() - start), HOUR_MS);
    await queue.enqueue("other", null, { delayMs: DAY_MS });
    await drain(queue, { other: () => {} }, { clock });
    expect(fired).toEqual([HOUR_MS]);
  });

  it("lets a handler sleep on the clock, and time out by it", async () => {
    const clock = new SimulatedClock();
    const queue = fresh(clock);
    await queue.enqueue("other");
    await queue.enqueue("slow");
    const ran = await drain(
      queue,
      {
        other: () => new Promise<void>((resolve) => void clock.setTimeout(resolve, 5_000)),
        slow: () => new Promise(() => {}),
      },
      { clock },
    );
    expect(ran).toMatchObject([
      { type: "other", state: "completed" },
      { type: "slow", state: "dead", error: { code: "JobTimedOut" } },
    ]);
  });

  it("rejects, naming the job, where a handler waits for what never comes", async () => {
    const clock = new SimulatedClock();
    const queue = fresh(clock);
    const { id } = await queue.enqueue("other");
    await expect(drain(queue, { other: () => new Promise(() => {}) }, { clock })).rejects.toThrow(
      `the handler of job ${id} ("other") has not ended after 3600000 ms`,
    );
  });

  it("rejects, naming the job, where a job snoozes for ever", async () => {
    const clock = new SimulatedClock();
    const queue = fresh(clock);
    const { id } = await queue.enqueue("other");
    const snoozes = () => {
      throw new Snooze({ delayMs: 10 });
    };
    await expect(drain(queue, { other: snoozes }, { clock, limit: 50 })).rejects.toThrow(
      `50 runs were not enough: the last was of job ${id} ("other")`,
    );
  });

  it("rejects where jobs enqueue jobs for ever", async () => {
    const clock = new SimulatedClock();
    const queue = fresh(clock);
    await queue.enqueue("other");
    const draining = drain(queue, { other: () => queue.enqueue("other") }, { clock, limit: 100 });
    await expect(draining).rejects.toThrow("100 runs were not enough");
  });

  it("does the same each time", async () => {
    const once = async () => {
      const clock = new SimulatedClock();
      const queue = fresh(clock);
      for (let payload = 0; payload < 5; payload++) {
        await queue.enqueue("double", payload, { delayMs: (payload % 3) * 1_000 });
        await queue.enqueue("flaky", null, { delayMs: payload * 700 });
      }
      const handlers = {
        double: ({ payload }: { payload: number }) => {
          if (payload === 2) throw new Fatal("two");
          return payload;
        },
        flaky: fails,
      };
      const ran = await drain(queue, handlers, { clock, concurrency: 3 });
      return ran.map(({ type, attempt, state, claimedAt }) => [type, attempt, state, claimedAt]);
    };
    expect(await once()).toEqual(await once());
  });
});
