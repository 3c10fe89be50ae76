import { defineJobs, json, type WorkerOptions } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";

const jobs = defineJobs({ mail: { payload: json<string>() }, nightly: {} });
const mail = () => {};

describe("work", () => {
  it.each<[WorkerOptions, RegExp]>([
    [{ concurrency: 0 }, /concurrency .* 0/],
    [{ concurrency: 10_001 }, /concurrency .* 10001/],
    [{ concurrency: 1.5 }, /concurrency .* 1\.5/],
    [{ concurrencyOf: { mail: 0 } }, /concurrencyOf\.mail .* 0/],
    [
      { concurrencyOf: { nightly: 1 } },
      /concurrencyOf names "nightly", for which there is no handler/,
    ],
    [{ leaseMs: 99 }, /leaseMs .* 99/],
    [{ pollMs: 0 }, /pollMs .* 0/],
    [{ graceMs: -1 }, /graceMs .* -1/],
    [{ abortMs: Number.NaN }, /abortMs .* NaN/],
    [{ signal: {} as never }, /signal must be an AbortSignal, but is an object/],
    [{ concurency: 1 } as never, /no option "concurency"/],
  ])("refuses %o", (options, message) => {
    const { queue, memory } = fresh({ jobs });
    expect(() => queue.work({ mail }, options as never)).toThrow(message);
    expect(memory.workers()).toEqual([]);
  });

  it.each([
    [{}, /needs a handler for at least one type/],
    [{ mail: undefined }, /needs a handler for at least one type/],
    [{ mial: mail }, /handler for "mial" is for none of/],
    [{ toString: mail }, /handler for "toString" is for none of/],
    [{ mail: "send" }, /handler for "mail" must be a function, but is "send"/],
    [null, /takes an object of handlers by type, but got null/],
    [mail, /takes an object of handlers by type, but got a function/],
  ])("refuses %o for handlers", (handlers, message) => {
    const { queue } = fresh({ jobs });
    expect(() => queue.work(handlers as never)).toThrow(message);
  });

  it("runs what it has handlers for, and nothing else", async () => {
    const { queue, clock } = fresh({ jobs });
    await queue.enqueueMany([{ type: "mail", payload: "a" }, { type: "nightly" }]);
    const seen: string[] = [];
    queue.work({ mail: ({ payload }) => seen.push(payload) });
    await clock.advance(10_000);
    expect(seen).toEqual(["a"]);
    expect(await queue.summary()).toContain("pending 1, failed 0, running 0, completed 1");
  });

  it("runs types whose names every object has", async () => {
    const { queue, clock } = fresh();
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    const seen: string[] = [];
    const handlers = names.map((name) => [name, ({ type }: { type: string }) => seen.push(type)]);
    queue.work(Object.fromEntries(handlers), { concurrencyOf: { constructor: 1 } as never });
    await queue.enqueueMany(names.map((type) => ({ type })));
    await clock.advance(0);
    expect(seen).toEqual(names);
  });

  it("gives a handler its job: the payload's own copy, the attempt, the failures", async () => {
    const { queue, clock } = fresh({ jobs });
    const seen: unknown[] = [];
    const { id } = await queue.enqueue("mail", "a", {
      uniqueKey: "k",
      timeoutMs: 5,
      maxAttempts: 3,
    });
    queue.work({
      mail: (job) => {
        seen.push({ ...job });
        throw new Error("no");
      },
    });
    await clock.until(() => seen.length === 2);
    expect(seen).toMatchObject([
      {
        id,
        type: "mail",
        payload: "a",
        attempt: 1,
        maxAttempts: 3,
        uniqueKey: "k",
        timeoutMs: 5,
        failures: [],
      },
      { attempt: 2, failures: [{ attempt: 1, message: "no", kind: "error" }] },
    ]);
  });
});
