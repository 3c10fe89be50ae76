import {
  defineJobs,
  json,
  Snooze,
  StoreBusy,
  StoreCorrupt,
  StoreFull,
  type Worker,
} from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";
import { ManualClock } from "../manual-clock.ts";
import { outcomeOf } from "../outcome-of.ts";
import { randomFrom } from "../random-from.ts";

const JOBS = 80;
const SEEDS = Array.from({ length: 24 }, (_, seed) => seed + 1);

const jobs = defineJobs({
  a: {
    payload: json<number>(),
    result: json<number>(),
    maxAttempts: 60,
    backoff: { kind: "fixed", baseMs: 20 },
  },
  b: {
    payload: json<number>(),
    maxAttempts: 60,
    backoff: { kind: "fixed", baseMs: 20 },
    timeoutMs: 60,
  },
});

/** Two processes, each with a worker, over one store that is slow, and in trouble until `heal`. */
function chaotic(seed: number) {
  const random = randomFrom(seed);
  const clock = new ManualClock();
  let ill = true;
  const pass = () => after(clock, Math.floor(random() * random() * 60));
  const between = async (method: string, call: () => unknown) => {
    await pass();
    const luck = random();
    if (ill && method !== "close" && luck < 0.12) {
      if (luck < 0.05) throw new StoreBusy("locked");
      if (luck < 0.1) throw new StoreFull("no room");
      throw new StoreCorrupt("damaged");
    }
    const answer = call();
    await pass();
    return answer;
  };
  const first = fresh({ jobs, clock, between });
  const second = fresh({ jobs, clock, between, memory: first.memory });
  return {
    random,
    clock,
    memory: first.memory,
    queues: [first.queue, second.queue] as const,
    heal: () => (ill = false),
  };
}

describe.each(SEEDS)("whatever happens, seed %i,", (seed) => {
  it("every job comes to its end, is told of as it ends, and nothing is left behind", async () => {
    const { random, clock, memory, queues, heal } = chaotic(seed);
    const completed: string[] = [];
    const running = new Map<object, number>();
    let tooMany = 0;
    const workers = queues.map((queue) => {
      const handler = async (job: { id: string; payload: number; signal: AbortSignal }) => {
        running.set(queue, (running.get(queue) ?? 0) + 1);
        if ((running.get(queue) ?? 0) > 6) tooMany++;
        try {
          if (random() < 0.5) await after(clock, Math.floor(random() * 120));
          const luck = random();
          if (luck < 0.1) throw new Error("handler");
          if (luck < 0.2) throw new Snooze({ delayMs: 10 });
          if (luck < 0.25) await outcomeOf(queue.cancel(job.id));
          if (luck < 0.35) await outcomeOf(queue.complete(job as never, 1 as never));
          if (luck < 0.4) await outcomeOf(queue.release(job as never));
          return job.payload;
        } finally {
          running.set(queue, (running.get(queue) ?? 0) - 1);
        }
      };
      const worker = queue.work({ a: handler, b: handler } as never, {
        concurrency: 3,
        leaseMs: 600,
        pollMs: 100,
        abortMs: 50,
      });
      worker.on("completed", ({ job }) => completed.push(`${job.id} ${job.revision}`));
      worker.on("error", () => {});
      return worker as Worker<never>;
    });
    const ids: string[] = [];
    void enqueueAll();
    for (let step = 0; step < 60; step++) {
      await clock.advance(25);
      const luck = random();
      const id = ids[Math.floor(random() * ids.length)];
      const queue = queues[random() < 0.5 ? 0 : 1];
      if (luck < 0.2 && id !== undefined) void outcomeOf(queue.cancel(id));
      else if (luck < 0.45 && id !== undefined) void outcomeOf(queue.retry(id));
      else if (luck < 0.5) void outcomeOf(queue.pause("a"));
      else if (luck < 0.6) void outcomeOf(queue.resume("a"));
      else if (luck < 0.65) memory.leave(memory.workers()[0]?.id ?? 0);
      else if (luck < 0.7) clock.jump((random() - 0.3) * 5_000);
      else if (luck < 0.75) clock.freeze(random() * 1_500);
    }
    heal();
    await clock.advance(500);
    memory.pause({ type: "a", paused: false });
    await clock.until(() => {
      const { pending, failed, running: held } = memory.counts();
      return ids.length === JOBS && pending + failed + held === 0;
    });

    let stopped = 0;
    for (const worker of workers) void worker.stop().then(() => stopped++);
    await clock.until(() => stopped === workers.length);
    await clock.advance(200);
    expect(tooMany).toBe(0);
    expect(memory.workers()).toEqual([]);
    expect(clock.timers).toBe(0);
    expect(new Set(completed).size).toBe(completed.length);
    for (const job of memory.list({ states: ["completed"], limit: 1_000 }))
      expect(completed).toContain(`${job.id} ${job.revision}`);

    async function enqueueAll() {
      while (ids.length < JOBS) {
        const type = random() < 0.5 ? "a" : "b";
        const delayMs = random() < 0.3 ? Math.floor(random() * 400) : 0;
        const given = await outcomeOf(queues[0].enqueue(type, ids.length, { delayMs }));
        if (typeof given === "object" && given !== null && "id" in given)
          ids.push(String(given.id));
      }
    }
  });
});
