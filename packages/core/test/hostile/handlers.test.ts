import { defineJobs, type json, MemoryStore, Queue, RetryAfter, Snooze } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";
import { unhandledDuring } from "../unhandled-during.ts";

const spring = (): never => {
  throw new Error("a trap has sprung");
};

const failing: Readonly<Record<string, () => unknown>> = {
  "a Snooze that says nothing": () => Object.create(Snooze.prototype) as unknown,
  "a Snooze that was changed": () =>
    Object.assign(new Snooze({ delayMs: 1 }), { until: { delayMs: "soon" } }),
  "a RetryAfter that says nothing": () => Object.create(RetryAfter.prototype) as unknown,
  "a RetryAfter that was changed": () => Object.assign(new RetryAfter(1), { delayMs: Number.NaN }),
  "a RetryAfter that cannot be read": () =>
    Object.defineProperty(new RetryAfter(1), "delayMs", { get: spring }),
};

describe("a handler that throws", () => {
  it.for(Object.entries(failing))("%s fails its attempt like any error", async ([, make]) => {
    const { queue } = fresh();
    const { id } = await queue.enqueue("a", 1);
    const unhandled = await unhandledDuring(async () => {
      const worker = queue.work({
        a: () => {
          throw make();
        },
      });
      await new Promise((resolve) => void worker.on("failed", resolve));
      await worker.stop();
    });
    expect(unhandled).toEqual([]);
    await expect(queue.get(id)).resolves.toMatchObject({
      state: "failed",
      failures: [{ attempt: 1 }],
    });
  });
});

it("a handler may return what cannot be asked for its class", async () => {
  const { queue } = fresh();
  const { id } = await queue.enqueue("a", 1);
  const unhandled = await unhandledDuring(async () => {
    const worker = queue.work({ a: () => new Proxy({}, { getPrototypeOf: spring }) });
    await queue.result(id);
    await worker.stop();
  });
  expect(unhandled).toEqual([]);
});

it("what an asynchronous listener rejects with is an error event", async () => {
  const { queue } = fresh();
  const unhandled = await unhandledDuring(async () => {
    const worker = queue.work({ a: () => {} });
    const told = new Promise<{ error: unknown }>((resolve) => void worker.on("error", resolve));
    // oxlint-disable-next-line typescript/no-misused-promises -- That is the point.
    worker.on("completed", async () => {
      throw new Error("of the listener");
    });
    await queue.enqueue("a", 1);
    await expect(told).resolves.toMatchObject({ error: { message: "of the listener" } });
    await worker.stop();
  });
  expect(unhandled).toEqual([]);
});

describe("a schema", () => {
  const queueWith = (validate: (value: unknown) => unknown) =>
    new Queue({
      store: new MemoryStore(),
      jobs: defineJobs({
        a: {
          payload: { "~standard": { version: 1, vendor: "odd", validate } } as ReturnType<
            typeof json
          >,
        },
      }),
    });

  it("may answer with a promise of another kind than the platform's", async () => {
    const queue = queueWith(() => ({
      // oxlint-disable-next-line unicorn/no-thenable -- That is the point.
      then: (done: (result: unknown) => void) => done({ issues: [{ message: "no" }] }),
    }));
    await expect(queue.enqueue("a", 1)).rejects.toThrow(/^payload: no$/);
    await expect(queue.counts()).resolves.toMatchObject({ pending: 0 });
  });

  it.each([undefined, null, 5, "fine"])("that answers with %o lets nothing in", async (answer) => {
    await expect(queueWith(() => answer).enqueue("a", 1)).rejects.toThrow(
      /^the schema of the payload must answer with \{ value \} or \{ issues \}/,
    );
  });

  it("may tell of issues that cannot be read", async () => {
    const issues = [
      { message: "x", path: Array(4_000_000_000) },
      {
        get message(): string {
          return spring();
        },
      },
    ];
    await expect(queueWith(() => ({ issues })).enqueue("a", 1)).rejects.toThrow(
      /^payload: an issue that cannot be read; payload: an issue/,
    );
  });
});
