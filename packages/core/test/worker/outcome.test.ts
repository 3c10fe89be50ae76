import { defineJobs, Fatal, json, RetryAfter, Snooze } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";
import { unhandledDuring } from "../unhandled-during.ts";

const jobs = defineJobs({
  numbers: { maxAttempts: 3, backoff: { kind: "fixed", baseMs: 100, jitter: 0 } },
  usual: { maxAttempts: 4 },
  computed: {
    maxAttempts: 9,
    backoff: (attempt, thrown) => (thrown instanceof RangeError ? 1 : attempt * 10),
  },
  broken: {
    backoff: () => {
      throw new Error("no idea");
    },
  },
  absurd: { backoff: () => -5 },
  kept: { result: json<unknown>() },
});

/** Runs one job whose handler throws each of these in turn, then ends. */
async function run(type: keyof typeof jobs, thrown: readonly unknown[], options = {}) {
  const setting = fresh({ jobs });
  const { queue, clock } = setting;
  const { id } = await queue.enqueue(type, undefined, options);
  const startedAt: number[] = [];
  const start = clock.monotonic();
  const handler = () => {
    startedAt.push(clock.monotonic() - start);
    if (startedAt.length <= thrown.length) throw thrown[startedAt.length - 1];
  };
  const worker = queue.work({ [type]: handler });
  let over = false;
  worker.on("completed", () => (over = true));
  worker.on("dead", () => (over = true));
  await clock.until(() => over, 10 ** 9);
  return { startedAt, job: (await queue.get(id))!, ...setting };
}

describe("a handler that throws", () => {
  it("is called again after the backoff of its type's numbers", async () => {
    const { startedAt, job } = await run("numbers", [new Error("1"), new Error("2")]);
    expect(startedAt).toEqual([0, 100, 200]);
    expect(job).toMatchObject({ state: "completed", attempt: 3 });
    expect(job.failures).toMatchObject([
      { attempt: 1, name: "Error", message: "1", kind: "error", stack: expect.any(String) },
      { attempt: 2, message: "2" },
    ]);
  });

  it("is called again after attempt⁴ + 1 seconds or so where nothing is said", async () => {
    const { startedAt } = await run("usual", [1, 2, 3]);
    const delays = startedAt.slice(1).map((at, index) => at - startedAt[index]!);
    for (const [index, usual] of [2_000, 17_000, 82_000].entries()) {
      expect(delays[index]).toBeGreaterThanOrEqual(usual * 0.9);
      expect(delays[index]).toBeLessThanOrEqual(usual * 1.1);
    }
  });

  it("is called again after what the type's function says of the attempt and what was thrown", async () => {
    const thrown = [new Error("x"), new Error("x"), new RangeError("x"), new Error("x")];
    const { startedAt } = await run("computed", thrown);
    expect(startedAt).toEqual([0, 10, 30, 31, 71]);
  });

  it.each(["broken", "absurd"] as const)(
    "is called again after the usual time where the function is %s",
    async (type) => {
      const { startedAt, job } = await run(type, [new Error("x")]);
      expect(startedAt[1]).toBeGreaterThanOrEqual(1_800);
      expect(job.failures).toMatchObject([{ message: "x" }]);
    },
  );

  it("is called at most maxAttempts times, then its job is dead", async () => {
    const { startedAt, job } = await run("numbers", [1, 2, 3, 4]);
    expect(startedAt).toHaveLength(3);
    expect(job).toMatchObject({ state: "dead", attempt: 3 });
  });

  it("is called once where its job may have one attempt", async () => {
    const { startedAt, job } = await run("numbers", [1, 2], { maxAttempts: 1 });
    expect(startedAt).toHaveLength(1);
    expect(job.state).toBe("dead");
  });

  it("buries its job with Fatal", async () => {
    class Unpayable extends Fatal {
      override readonly name = "Unpayable";
    }
    const { startedAt, job } = await run("numbers", [new Unpayable("broke")]);
    expect(startedAt).toHaveLength(1);
    expect(job).toMatchObject({ state: "dead", attempt: 1 });
    expect(job.failures).toMatchObject([{ name: "Unpayable", message: "broke" }]);
  });

  it("says with RetryAfter when it is called again, at once with 0", async () => {
    const { startedAt, job } = await run("numbers", [new RetryAfter(7), new RetryAfter(0)]);
    expect(startedAt).toEqual([0, 7, 7]);
    expect(job.failures).toMatchObject([{ name: "RetryAfter" }, { name: "RetryAfter" }]);
  });

  it("has no more attempts for RetryAfter than for any other error", async () => {
    const { startedAt, job } = await run("numbers", Array(5).fill(new RetryAfter(1)));
    expect(startedAt).toEqual([0, 1, 2]);
    expect(job.state).toBe("dead");
  });

  it("puts its job off with Snooze, uncharged, as often as it likes", async () => {
    const { startedAt, job } = await run("numbers", Array(10).fill(new Snooze({ delayMs: 50 })));
    expect(startedAt).toHaveLength(11);
    expect(startedAt[10]).toBe(500);
    expect(job).toMatchObject({ state: "completed", attempt: 1, failures: [] });
  });

  it.each([
    undefined,
    null,
    0,
    "text",
    Symbol("s"),
    1n,
    Object.create(null),
    new Proxy(
      {},
      {
        get: () => {
          throw new Error("trap");
        },
      },
    ),
    {
      get message() {
        throw new Error("trap");
      },
    },
    Object.assign(new Error("x"), { name: 7, message: 8, stack: 9 }),
    new AggregateError([new Error("inner")], "outer"),
  ])("fails its attempt whatever it throws, case %#", async (thrown) => {
    const { job } = await run("numbers", [thrown]);
    expect(job).toMatchObject({ state: "completed", attempt: 2, failures: [{ attempt: 1 }] });
  });

  it("fails its attempt also with something that cannot even be looked at", async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const unhandled = await unhandledDuring(async () => {
      const { queue, clock } = fresh({ jobs });
      const { id } = await queue.enqueue("numbers");
      queue.work({
        numbers: () => {
          throw proxy;
        },
      });
      await clock.advance(50);
      expect(await queue.get(id)).toMatchObject({ state: "failed", failures: [{ attempt: 1 }] });
    });
    expect(unhandled).toEqual([]);
  });

  it("keeps the last ten failures, each at most 4 KiB", async () => {
    const thrown = Array.from({ length: 12 }, (_, n) => `${n} ${"é".repeat(9_000)}`);
    const { job } = await run("computed", thrown, { maxAttempts: 20 });
    expect(job.failures.map(({ attempt }) => attempt)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    for (const { message } of job.failures)
      expect(new TextEncoder().encode(message).length).toBeLessThanOrEqual(4_096);
  });
});

describe("a handler that returns", () => {
  it("completes its job, and its type keeps the result where it says so", async () => {
    const { queue, clock } = fresh({ jobs });
    const kept = await queue.enqueue("kept");
    const dropped = await queue.enqueue("usual");
    queue.work({ kept: () => ({ width: 64, gone: undefined }), usual: () => ({ big: 1n }) });
    await clock.advance(10);
    expect(await queue.get(kept.id)).toMatchObject({ state: "completed", result: { width: 64 } });
    expect(await queue.get(dropped.id)).toMatchObject({ state: "completed", result: undefined });
  });

  it.each([undefined, 1n, () => {}, new Date(0), { a: [Number.NaN] }, "x".repeat(2 ** 20)])(
    "what its type cannot keep buries the job at once, case %#",
    async (result) => {
      const { queue, clock } = fresh({ jobs });
      const { id } = await queue.enqueue("kept");
      const worker = queue.work({ kept: () => result });
      const errors: unknown[] = [];
      worker.on("dead", ({ error }) => errors.push(error));
      await clock.advance(10);
      expect(await queue.get(id)).toMatchObject({
        state: "dead",
        attempt: 1,
        failures: [{ kind: "result", name: "ResultRefused" }],
      });
      expect(errors).toMatchObject([{ code: "ResultRefused" }]);
    },
  );
});
