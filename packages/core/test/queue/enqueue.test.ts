import { defineJobs, json, MemoryStore, Queue, type EnqueueOptions } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";

const jobs = defineJobs({
  mail: {
    payload: json<{ to: string }>(),
    priority: 3,
    maxAttempts: 5,
    timeoutMs: 1_000,
    backoff: { kind: "fixed", baseMs: 10 },
  },
  nightly: {},
});

describe("enqueue", () => {
  it("stores a job and answers with its id", async () => {
    const { queue, clock } = fresh();
    const { id, added } = await queue.enqueue("mail", { to: "ana" });
    expect(added).toBe(true);
    expect(await queue.get(id)).toMatchObject({
      id,
      type: "mail",
      payload: { to: "ana" },
      state: "pending",
      priority: 0,
      attempt: 0,
      maxAttempts: 25,
      runAt: clock.now(),
      createdAt: clock.now(),
    });
  });

  it("takes a type's settings for its jobs, and a job's own before them", async () => {
    const { queue } = fresh({ jobs });
    const usual = await queue.enqueue("mail", { to: "ana" });
    const special = await queue.enqueue("mail", { to: "bo" }, { priority: 0, maxAttempts: 1 });
    expect(await queue.get(usual.id)).toMatchObject({
      priority: 3,
      maxAttempts: 5,
      timeoutMs: 1_000,
      backoff: { kind: "fixed", baseMs: 10 },
    });
    expect(await queue.get(special.id)).toMatchObject({ priority: 0, maxAttempts: 1 });
  });

  it("needs no payload where the type has none, and stores null", async () => {
    const { queue } = fresh({ jobs });
    const bare = await queue.enqueue("nightly");
    const explicit = await queue.enqueue("nightly", undefined, { priority: 1 });
    expect((await queue.get(bare.id))?.payload).toBeNull();
    expect((await queue.get(explicit.id))?.payload).toBeNull();
  });

  it("takes any type and any JSON where no jobs are defined", async () => {
    const { queue } = fresh();
    for (const payload of [null, 0, "", false, [], {}, [{ deep: [1] }]]) {
      const { id } = await queue.enqueue("anything at all", payload);
      expect((await queue.get(id))?.payload).toEqual(payload);
    }
    const { id } = await queue.enqueue("nothing");
    expect((await queue.get(id))?.payload).toBeNull();
  });

  it("lets a job wait until runAt, a number or a Date, or for delayMs", async () => {
    const { queue, clock } = fresh();
    const at = clock.now() + 5_000;
    for (const options of [{ runAt: at }, { runAt: new Date(at) }, { delayMs: 5_000 }]) {
      const { id } = await queue.enqueue("later", null, options);
      expect(await queue.get(id)).toMatchObject({ runAt: at, ready: false });
    }
  });

  it("takes an instant in the past for due at once, and keeps it as the job's place", async () => {
    const { queue, clock } = fresh();
    const { id } = await queue.enqueue("late", null, { runAt: clock.now() - 1 });
    expect(await queue.get(id)).toMatchObject({ runAt: clock.now() - 1, ready: true });
  });

  it.each<[string, EnqueueOptions, RegExp]>([
    ["runAt with delayMs", { runAt: 1, delayMs: 1 }, /runAt and delayMs exclude each other/],
    ["a negative delay", { delayMs: -1 }, /delayMs .* -1/],
    ["half a millisecond", { delayMs: 0.5 }, /delayMs .* 0\.5/],
    ["an invalid Date", { runAt: new Date("never") }, /runAt .* NaN/],
    ["a date as text", { runAt: "tomorrow" as never }, /runAt .* "tomorrow"/],
    ["a fractional priority", { priority: 1.5 }, /priority .* 1\.5/],
    ["an endless priority", { priority: Infinity }, /priority .* Infinity/],
    ["no attempts", { maxAttempts: 0 }, /maxAttempts .* 0/],
    ["a timeout of nothing", { timeoutMs: 0 }, /timeoutMs .* 0/],
    ["a timeout beyond timers", { timeoutMs: 2 ** 31 }, /timeoutMs .* 2147483648/],
    ["an empty key", { uniqueKey: "" }, /uniqueKey must not be empty/],
    ["a long key", { uniqueKey: "k".repeat(256) }, /uniqueKey .* 256/],
    ["a number as key", { uniqueKey: 7 as never }, /uniqueKey .* 7/],
    ["an unknown span for a key", { uniqueUntil: "ever" as never }, /uniqueUntil .* "ever"/],
    ["an unknown backoff", { backoff: { kind: "slow" as never } }, /backoff\.kind .* "slow"/],
    ["a function as backoff", { backoff: (() => 1) as never }, /backoff .* a function/],
    ["a misspelt option", { delay: 5 } as never, /no option "delay"/],
    ["an option named __proto__", JSON.parse('{"__proto__":1}'), /no option "__proto__"/],
    ["text for options", "soon" as never, /options .* "soon"/],
  ])("refuses %s, and stores nothing", async (_, options, message) => {
    const { queue } = fresh();
    const refused = queue.enqueue("mail", null, options);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toSatisfy(
      (error) => error instanceof TypeError || error instanceof RangeError,
    );
    expect((await queue.list()).jobs).toEqual([]);
  });

  it.each([
    ["", /type must not be empty/],
    ["t".repeat(256), /type .* 256/],
    ["line\nbreak", /type must not contain control characters/],
    ["\ud800", /surrogate/],
    [7, /type must be a string, but is 7/],
  ])("refuses %j as a type", async (type, message) => {
    const { queue } = fresh();
    await expect(queue.enqueue(type as string)).rejects.toThrow(message);
  });

  it.each(["nighty", "toString", "constructor", "__proto__"])(
    "refuses %s, which is not defined, and names the types that are",
    async (type) => {
      const { queue } = fresh({ jobs });
      await expect(queue.enqueue(type as "nightly")).rejects.toThrow(
        `there is no type "${type}" in this queue's jobs; there are mail, nightly`,
      );
    },
  );

  it("says where a payload cannot be kept", async () => {
    const { queue } = fresh();
    await expect(queue.enqueue("mail", { to: [1, 2n] })).rejects.toMatchObject({
      code: "ValueRefused",
      path: "payload.to[1]",
    });
  });

  it("stores the payload as it was at the call", async () => {
    const { queue } = fresh();
    const payload = { list: [1] };
    const stored = queue.enqueue("mail", payload);
    payload.list.push(2);
    const { id } = await stored;
    expect((await queue.get(id))?.payload).toEqual({ list: [1] });
  });

  it("hands out a fresh copy each time", async () => {
    const { queue } = fresh();
    const { id } = await queue.enqueue("mail", { list: [1] }, { backoff: { baseMs: 5 } });
    const [claimed] = await queue.claim();
    await queue.fail(claimed!, new Error("first"));
    const job = (await queue.get(id)) as unknown as {
      payload: { list: number[] };
      failures: { message: string }[];
      backoff: { baseMs: number };
    };
    for (const spoil of [
      () => job.payload.list.push(2),
      () => job.failures.push({ message: "never" }),
      () => Object.assign(job.failures[0]!, { message: "never" }),
      () => Object.assign(job.backoff, { baseMs: 6 }),
    ]) {
      try {
        spoil();
      } catch {
        // A frozen one is as good as a copy.
      }
    }
    const again = await queue.get(id);
    expect(again?.payload).toEqual({ list: [1] });
    expect(again?.failures.map(({ message }) => message)).toEqual(["first"]);
    expect(again?.backoff).toEqual({ baseMs: 5 });
  });

  it("keeps names that every object has like any other", async () => {
    const { queue } = fresh();
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const payload = JSON.parse(`{"${name}":{"x":1}}`);
      const { id, added } = await queue.enqueue(name, payload, { uniqueKey: name });
      expect(added).toBe(true);
      const job = await queue.get(id);
      expect(job).toMatchObject({ type: name, uniqueKey: name });
      expect(JSON.stringify(job?.payload)).toBe(`{"${name}":{"x":1}}`);
      expect(Object.getPrototypeOf(job?.payload)).toBe(Object.prototype);
    }
  });

  it("runs types that are defined under such names", async () => {
    const odd = defineJobs({ ["__proto__"]: {}, constructor: { priority: 7 } });
    const { queue } = fresh({ jobs: odd });
    const { id } = await queue.enqueue("constructor");
    expect(await queue.get(id)).toMatchObject({ priority: 7 });
    expect((await queue.claim({ types: ["constructor", "__proto__"] })).length).toBe(1);
  });

  it("refuses work after close", async () => {
    const { queue } = fresh();
    await queue.close();
    await expect(queue.enqueue("mail")).rejects.toMatchObject({ code: "QueueClosed" });
    await expect(queue.enqueueMany([])).rejects.toMatchObject({ code: "QueueClosed" });
    expect(() => queue.work({ mail: () => {} })).toThrow(/closed/);
  });
});

describe("new Queue", () => {
  it.each([
    [undefined, /new Queue\(\) takes an object/],
    [{}, /store must be a store/],
    [{ store: "app.db" }, /store must be a store .* "app\.db"/],
    [{ store: new MemoryStore(), stor: 1 }, /no option "stor"/],
    [{ store: new MemoryStore(), leaseMs: 99 }, /leaseMs .* 99/],
    [{ store: new MemoryStore(), retention: { ended: 1 } }, /not "ended"/],
    [{ store: new MemoryStore(), jobs: { mail: { maxAttempts: 0 } } }, /"mail": maxAttempts .* 0/],
  ])("refuses %o", (options, message) => {
    expect(() => new Queue(options as never)).toThrow(message);
  });

  it("goes by a clock that gives fractions", async () => {
    const { clock } = fresh();
    const store = new MemoryStore();
    const fractional = { ...bound(clock), now: () => clock.now() + 0.75 };
    const queue = new Queue({ store, clock: fractional });
    const { id } = await queue.enqueue("mail", null, { delayMs: 10 });
    expect(await queue.get(id)).toMatchObject({
      createdAt: clock.now(),
      runAt: clock.now() + 10,
    });
  });
});

function bound(clock: ReturnType<typeof fresh>["clock"]) {
  return {
    monotonic: () => clock.monotonic(),
    setTimeout: (callback: () => void, ms: number) => clock.setTimeout(callback, ms),
    clearTimeout: (handle: unknown) => clock.clearTimeout(handle),
  };
}
