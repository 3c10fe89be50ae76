import {
  defineJobs,
  Fatal,
  formatDiagnosis,
  formatSummary,
  MemoryStore,
  Queue,
  RetryAfter,
  Snooze,
} from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";

const spring = (): never => {
  throw new Error("a trap has sprung");
};
const trapped = new Proxy({}, { get: spring, ownKeys: spring, getPrototypeOf: spring });
const store = new MemoryStore();

describe("what cannot be read, or is no such thing, is refused by a message that names it", () => {
  it.for<[string, () => unknown, RegExp]>([
    ["a snooze until nothing", () => new Snooze(null as never), /^snooze takes .* but got null/],
    ["a delay that is a symbol", () => new RetryAfter(Symbol("x") as never), /^delayMs must be/],
    ["options of a queue", () => new Queue(trapped as never), /^options cannot be read/],
    ["a Map of options", () => new Queue(new Map() as never), /^options must be an object/],
    [
      "a clock that is none",
      () => new Queue({ store, clock: {} as never }),
      /^clock must have now/,
    ],
    ["random", () => new Queue({ store, random: 5 as never }), /^random must be a function/],
    [
      "random of a store",
      () => new MemoryStore({ random: 5 as never }),
      /^random must be a function/,
    ],
    [
      "a salt",
      () => new MemoryStore({ random: () => Number.NaN }),
      /^the salt that random\(\) makes/,
    ],
    ["a retention", () => new Queue({ store, retention: trapped }), /^retention cannot be read/],
    ["definitions", () => defineJobs(trapped), /^jobs cannot be read/],
    ["no diagnosis", () => formatDiagnosis(null as never), /^diagnosis cannot be read/],
    ["a summary of nothing", () => formatSummary(null as never), /^pending must be an integer/],
    [
      "a schema of null",
      () => defineJobs({ a: { payload: { "~standard": null } as never } }),
      /^the definition of "a": payload must be a Standard Schema/,
    ],
    ["handlers", () => new Queue({ store }).work(trapped as never), /^handlers cannot be read/],
    [
      "what only inherits from a signal",
      () =>
        new Queue({ store }).work(
          { a: () => {} },
          { signal: Object.create(AbortSignal.prototype) as never },
        ),
      /^signal must be an AbortSignal/,
    ],
  ])("%s", ([, call, message]) => {
    expect(call).toThrow(message);
  });

  it.for<[string, string, readonly unknown[], RegExp]>([
    ["options of a job", "enqueue", ["a", 1, trapped], /^options cannot be read/],
    [
      "a byte order mark",
      "enqueue",
      ["\ufeffmail", 1],
      /^type must not begin with a byte order mark/,
    ],
    ["a Date as options", "enqueue", ["a", 1, new Date()], /^options must be an object/],
    [
      "a Date that is none",
      "enqueue",
      ["a", 1, { runAt: Object.create(Date.prototype) as unknown }],
      /^runAt cannot be read/,
    ],
    ["a backoff", "enqueue", ["a", 1, { backoff: trapped }], /^backoff cannot be read/],
    [
      "more holes than memory holds",
      "enqueueMany",
      [Array(4_000_000_000)],
      /^jobs\[0\]: must be an object/,
    ],
    ["an item", "enqueueMany", [[trapped]], /^jobs\[0\]: it cannot be read/],
    ["days instead of a retention", "prune", [5], /^retention must be an object/],
    ["no retention", "prune", [null], /^retention must be an object/],
    [
      "types without end",
      "claim",
      [{ types: Object.assign(["a"], { [Symbol.iterator]: spring, length: 4e9 }) }],
      /^types.length must be/,
    ],
    ["an id that converts to one", "get", [{ toString: spring }], /^a job's id looks like/],
  ])("%s", async ([, method, given, message]) => {
    const { queue } = fresh();
    const call = Reflect.get(queue, method) as (...given: unknown[]) => Promise<unknown>;
    await expect(call.apply(queue, [...given])).rejects.toThrow(message);
    await expect(queue.counts()).resolves.toMatchObject({ pending: 0 });
  });
});

describe("what answers differently at the second look", () => {
  it("counts as it was at the first, in options", async () => {
    const { queue } = fresh();
    let looks = 0;
    const options = {
      get uniqueKey() {
        return looks++ === 0 ? "first" : (5n as never);
      },
    };
    const { id } = await queue.enqueue("a", 1, options);
    await expect(queue.get(id)).resolves.toMatchObject({ uniqueKey: "first" });
  });

  it("counts as it was at the first, in lists of types", async () => {
    const { queue } = fresh();
    await queue.enqueue("a", 1);
    let looks = 0;
    const types = Object.defineProperty(["a"], "0", { get: () => (looks++ === 0 ? "a" : 5n) });
    await expect(queue.claim({ types })).resolves.toHaveLength(1);
  });

  it("counts as it was when the queue was made, in definitions", async () => {
    const jobs = { a: { priority: 5 } };
    const queue = new Queue({ store: new MemoryStore(), jobs });
    jobs.a.priority = Number.NaN;
    const { id } = await queue.enqueue("a");
    await expect(queue.get(id)).resolves.toMatchObject({ priority: 5 });
  });
});

describe("a payload whose size cannot be told", () => {
  it.each([Number.NaN, -1e15])("is refused: a length of %d", async (length) => {
    let unfolding: unknown = {};
    for (let level = 0; level < 200; level++) unfolding = { l: unfolding, r: unfolding };
    const claims = new Proxy([], {
      get: (target, key) => (key === "length" ? length : (Reflect.get(target, key) as unknown)),
    });
    await expect(fresh().queue.enqueue("a", [claims, unfolding])).rejects.toThrow(
      /larger than 1 MiB/,
    );
  });
});

it("a random number of 1 makes a salt like any other", async () => {
  const queue = new Queue({ store: new MemoryStore({ random: () => 1 }) });
  const { id } = await queue.enqueue("a", 1);
  await expect(queue.get(id)).resolves.toMatchObject({ payload: 1 });
});

it("a clock that tells no time stores no job", async () => {
  const { queue, clock } = fresh();
  clock.now = () => Number.NaN;
  await expect(queue.enqueue("a", 1)).rejects.toThrow(/^clock.now\(\) must be an integer/);
  clock.now = () => 5;
  await expect(queue.counts()).resolves.toMatchObject({ pending: 0 });
});

it("a word of a handler is a copy of what it was given", () => {
  const until = { delayMs: 5 };
  const snooze = new Snooze(until);
  until.delayMs = Number.NaN;
  expect(snooze.until).toEqual({ delayMs: 5 });
  expect(new Fatal("x").message).toBe("x");
});
