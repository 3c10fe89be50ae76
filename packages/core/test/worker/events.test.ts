import { defineJobs, Fatal, json, RetryAfter, Snooze, type Worker } from "@turno/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";

const NAMES = [
  "started",
  "completed",
  "failed",
  "dead",
  "snoozed",
  "released",
  "lost",
  "abandoned",
  "stopped",
] as const;

/** Writes down every event of a worker. */
function logged(worker: Worker<never>) {
  const log: string[] = [];
  for (const name of NAMES) {
    worker.on(name, (event: object) => {
      const { job } = event as { job?: { payload: unknown } };
      log.push(job === undefined ? name : `${name} ${String(job.payload)}`);
    });
  }
  return log;
}

const jobs = defineJobs({ mail: { payload: json<string>(), maxAttempts: 2 } });

afterEach(() => {
  vi.restoreAllMocks();
});

describe("events", () => {
  it("tell a job's life in order", async () => {
    const { queue, clock } = fresh({ jobs });
    const turnsOf = new Map<string, number>();
    const worker = queue.work({
      mail: ({ payload }) => {
        const turn = (turnsOf.get(payload) ?? 0) + 1;
        turnsOf.set(payload, turn);
        if (payload === "twice" && turn === 1) throw new RetryAfter(5);
        if (payload === "later" && turn === 1) throw new Snooze({ delayMs: 5 });
        if (payload === "never") throw new Fatal("no");
      },
    });
    const log = logged(worker as never);
    for (const payload of ["once", "twice", "later", "never"]) {
      await queue.enqueue("mail", payload);
      await clock.advance(10);
    }
    await worker.stop();
    expect(log).toEqual([
      "started once",
      "completed once",
      "started twice",
      "failed twice",
      "started twice",
      "completed twice",
      "started later",
      "snoozed later",
      "started later",
      "completed later",
      "started never",
      "dead never",
      "stopped",
    ]);
  });

  it("come after the store has it", async () => {
    const { queue, clock, memory } = fresh({ jobs });
    const worker = queue.work({ mail: () => {} });
    const states: unknown[] = [];
    worker.on("started", ({ job }) => states.push(memory.get([seqOf(job.id)])[0]?.state));
    worker.on("completed", ({ job }) => states.push(memory.get([job.seq])[0]?.state));
    await queue.enqueue("mail", "a");
    await clock.advance(10);
    expect(states).toEqual(["running", "completed"]);
  });

  it("bring the job as it is then", async () => {
    const { queue, clock } = fresh({ jobs });
    const error = new Error("no");
    const worker = queue.work({
      mail: () => {
        throw error;
      },
    });
    const seen: unknown[] = [];
    worker.on("failed", (event) => seen.push(event));
    const { id } = await queue.enqueue("mail", "a");
    await clock.advance(10);
    const { progress: _, log: _1, ...job } = (await queue.get(id))!;
    expect(seen).toEqual([{ job, error }]);
  });

  it("reach every listener, until it is taken off", async () => {
    const { queue, clock } = fresh({ jobs });
    const worker = queue.work({ mail: () => {} });
    const log: string[] = [];
    const off = worker.on("completed", () => log.push("first"));
    worker.on("completed", () => log.push("second"));
    await queue.enqueue("mail", "a");
    await clock.advance(10);
    off();
    off();
    await queue.enqueue("mail", "b");
    await clock.advance(10);
    expect(log).toEqual(["first", "second", "second"]);
  });

  it("do not reach a listener that was put on while they are told", async () => {
    const { queue, clock } = fresh({ jobs });
    const worker = queue.work({ mail: () => {} });
    let calls = 0;
    const listen = () => {
      const off = worker.on("completed", () => {
        // One that listens once, and then anew, must not be told of the same event again and again.
        if (++calls > 100) throw new Error("told without end");
        off();
        listen();
      });
    };
    listen();
    await queue.enqueue("mail", "a");
    await clock.advance(10);
    expect(calls).toBe(1);
  });
});

describe("a listener that throws", () => {
  it("is an error event, and does no harm to others", async () => {
    const { queue, clock } = fresh({ jobs });
    const worker = queue.work({ mail: () => {} });
    const trouble = new Error("listener");
    const errors: unknown[] = [];
    const told: string[] = [];
    worker.on("started", () => {
      throw trouble;
    });
    worker.on("completed", () => {
      throw trouble;
    });
    worker.on("completed", ({ job }) => told.push(job.id));
    worker.on("error", ({ error }) => errors.push(error));
    const { id } = await queue.enqueue("mail", "a");
    await clock.advance(10);
    expect(errors).toEqual([trouble, trouble]);
    expect(told).toEqual([id]);
    expect(await queue.get(id)).toMatchObject({ state: "completed", attempt: 1 });
  });

  it("goes to console.error where nobody listens to errors, once for each message", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    const { queue, clock } = fresh({ jobs });
    const worker = queue.work({ mail: () => {} });
    worker.on("completed", ({ job }) => {
      throw new Error(`about ${job.payload}`);
    });
    for (const payload of ["a", "b", "a", "a"]) await queue.enqueue("mail", payload);
    await clock.advance(10);
    expect(printed.mock.calls.map(([, error]) => String(error))).toEqual([
      "Error: about a",
      "Error: about b",
    ]);
  });

  it("to errors goes to console.error, and not to itself again", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    const { queue, clock } = fresh({ jobs });
    const worker = queue.work({ mail: () => {} });
    worker.on("completed", () => {
      throw new Error("first");
    });
    worker.on("error", () => {
      throw new Error("second");
    });
    await queue.enqueue("mail", "a");
    await clock.advance(10);
    expect(printed.mock.calls).toEqual([["turno:", new Error("second")]]);
  });

  it.each([Object.create(null), undefined, Symbol("s"), { toString: null }])(
    "may throw anything without a settled job being taken for lost, case %#",
    async (thrown) => {
      const printed = vi.spyOn(console, "error").mockImplementation(() => {});
      const { queue, clock } = fresh({ jobs });
      const worker = queue.work({ mail: () => {} });
      const log: string[] = [];
      worker.on("completed", ({ job }) => {
        log.push(job.payload);
        throw thrown;
      });
      worker.on("completed", ({ job }) => log.push(`also ${job.payload}`));
      worker.on("lost", ({ id }) => log.push(`lost ${id}`));
      await queue.enqueueMany([
        { type: "mail", payload: "a" },
        { type: "mail", payload: "b" },
      ]);
      await clock.advance(5_000);
      expect(log).toEqual(["a", "also a", "b", "also b"]);
      expect(printed).toHaveBeenCalledTimes(1);
    },
  );
});

describe("stopped", () => {
  it("is told last, and once", async () => {
    const { queue, clock } = fresh({ jobs });
    await queue.enqueue("mail", "a");
    const worker = queue.work({ mail: () => after(clock, 100) });
    const log = logged(worker as never);
    await clock.advance(10);
    const stopped = Promise.all([worker.stop(), worker.stop(), worker.stopped]);
    await clock.advance(1_000);
    await stopped;
    expect(log).toEqual(["started a", "completed a", "stopped"]);
  });
});

function seqOf(id: string): number {
  return Number.parseInt(id.slice(26), 16);
}
