import { defineJobs, Fatal, json, MemoryStore, RetryAfter, Snooze } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";
import { outcomeOf } from "../outcome-of.ts";

const jobs = defineJobs({
  square: { payload: json<number>(), result: json<number>(), maxAttempts: 2 },
  mail: { payload: json<string>(), backoff: (attempt) => attempt * 7 },
});

async function claimed(payload = 3) {
  const setting = fresh({ jobs });
  const { id } = await setting.queue.enqueue("square", payload);
  const [job] = await setting.queue.claim({ types: ["square"] });
  return { ...setting, id, job: job! };
}

describe("claim", () => {
  it("gives nothing where there is nothing", async () => {
    expect(await fresh({ jobs }).queue.claim()).toEqual([]);
    expect(await fresh().queue.claim({ limit: 1_000 })).toEqual([]);
  });

  it("gives what a handler gets, and charges the attempt", async () => {
    const { job, id, clock } = await claimed();
    expect(job).toMatchObject({
      id,
      type: "square",
      payload: 3,
      attempt: 1,
      maxAttempts: 2,
      priority: 0,
      createdAt: clock.now(),
      runAt: clock.now(),
      claimedAt: clock.now(),
      timeoutMs: undefined,
      uniqueKey: undefined,
      failures: [],
    });
    expect(job.signal.aborted).toBe(false);
  });

  it("takes one by default, and at most `limit`, of the types asked for, in claim order", async () => {
    const { queue } = fresh({ jobs });
    await queue.enqueueMany([
      { type: "mail", payload: "low" },
      { type: "square", payload: 1 },
      { type: "mail", payload: "high", priority: 1 },
      { type: "mail", payload: "low too" },
    ]);
    const payloads = async (options?: Parameters<typeof queue.claim>[0]) =>
      (await queue.claim(options)).map(({ payload }) => payload);
    expect(await payloads()).toEqual(["high"]);
    expect(await payloads({ types: ["square"], limit: 5 })).toEqual([1]);
    expect(await payloads({ types: [], limit: 5 })).toEqual([]);
    expect(await payloads({ limit: 5 })).toEqual(["low", "low too"]);
  });

  it("without types leaves alone what the queue's jobs do not define", async () => {
    const { queue, memory, clock } = fresh({ jobs });
    const { queue: other } = fresh({ memory, clock });
    await other.enqueue("strange");
    expect(await queue.claim()).toEqual([]);
    expect((await other.claim()).map(({ type }) => type)).toEqual(["strange"]);
  });

  it.each([
    [{ limit: 0 }, /limit .* 0/],
    [{ limit: 1_001 }, /limit .* 1001/],
    [{ limit: 1.5 }, /limit .* 1\.5/],
    [{ types: [7] }, /type .* 7/],
    [{ types: "mail" }, /types must be an array, but is "mail"/],
    [{ type: ["mail"] }, /no option "type"/],
  ])("refuses %o", async (options, message) => {
    const { queue } = fresh({ jobs });
    await expect(queue.claim(options as never)).rejects.toThrow(message);
  });

  it("claims no job twice, however many ask at once", async () => {
    const { queue } = fresh({ jobs });
    await queue.enqueueMany(
      Array.from({ length: 10 }, (_, payload) => ({ type: "square" as const, payload })),
    );
    const claims = await Promise.all(Array.from({ length: 20 }, () => queue.claim()));
    const payloads = claims.flat().map(({ payload }) => payload);
    expect(payloads.toSorted((a, b) => Number(a) - Number(b))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  it("makes the queue a worker at its first use, and ends that with close", async () => {
    const { queue, memory, clock } = fresh({ jobs, leaseMs: 3_000 });
    expect(memory.workers()).toEqual([]);
    await queue.claim();
    await queue.claim();
    expect(memory.workers()).toMatchObject([{ beat: 0, leaseMs: 3_000 }]);
    await clock.advance(10_000);
    expect(memory.workers()).toMatchObject([{ beat: 10 }]);
    await queue.close();
    expect(memory.workers()).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});

describe("settling by hand", () => {
  it("completes with a result", async () => {
    const { queue, job, id, clock } = await claimed();
    await clock.advance(5);
    expect(await queue.complete(job, 9)).toMatchObject({ id, state: "completed" });
    expect(await queue.get(id)).toMatchObject({
      state: "completed",
      result: 9,
      finishedAt: clock.now(),
    });
  });

  it("refuses a result that JSON cannot keep, and still holds the job", async () => {
    const { queue, job, id } = await claimed();
    await expect(queue.complete(job, Number.NaN)).rejects.toThrow(/^result is NaN/);
    expect(await queue.get(id)).toMatchObject({ state: "running" });
    await queue.complete(job, 9);
    expect(await queue.get(id)).toMatchObject({ state: "completed" });
  });

  it("twice at once counts once, and is no loss", async () => {
    const { queue, job } = await claimed();
    const first = queue.snooze(job, { delayMs: 10 });
    const second = outcomeOf(queue.complete(job, 9));
    expect(await first).toMatchObject({ state: "pending" });
    expect(await second).toMatchObject({ code: "LeaseLost" });
    expect(job.signal.aborted).toBe(false);
  });

  it("keeps no result where the type has none", async () => {
    const { queue } = fresh({ jobs });
    const { id } = await queue.enqueue("mail", "a");
    const [job] = await queue.claim();
    await queue.complete(job!, { big: 1n } as never);
    expect(await queue.get(id)).toMatchObject({ state: "completed", result: undefined });
  });

  it("fails, and buries the job when no attempt is left", async () => {
    const { queue, job, id, clock } = await claimed();
    expect(await queue.fail(job, new Error("first"))).toMatchObject({ state: "failed" });
    expect(await queue.get(id)).toMatchObject({ state: "failed", attempt: 1 });
    await clock.advance(5_000);
    const [again] = await queue.claim();
    expect(again).toMatchObject({ attempt: 2, failures: [{ message: "first", attempt: 1 }] });
    expect(await queue.fail(again!, "second")).toMatchObject({ state: "dead" });
    const failures = [{ message: "first" }, { message: "second", attempt: 2 }];
    expect(await queue.get(id)).toMatchObject({ state: "dead", attempt: 2, failures });
  });

  it("goes by the type's backoff function, and by Fatal, RetryAfter and Snooze", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("mail", "a");
    const stateAfter = async (thrown: unknown) => {
      const [job] = await queue.claim();
      await queue.fail(job!, thrown);
      return queue.get(id);
    };
    const now = () => clock.now();
    expect(await stateAfter(new Error("x"))).toMatchObject({ state: "failed", runAt: now() + 7 });
    await clock.advance(7);
    expect(await stateAfter(new RetryAfter(30))).toMatchObject({ attempt: 2, runAt: now() + 30 });
    await clock.advance(30);
    expect(await stateAfter(new Snooze({ delayMs: 4 }))).toMatchObject({
      attempt: 2,
      runAt: now() + 4,
    });
    await clock.advance(4);
    expect(await stateAfter(new Fatal("no"))).toMatchObject({ state: "dead", attempt: 3 });
  });

  it.each([undefined, null, 7, "text", Symbol("s"), Object.create(null), 1n])(
    "fails with whatever was thrown, %o",
    async (thrown) => {
      const { queue, job, id } = await claimed();
      await queue.fail(job, thrown);
      expect(await queue.get(id)).toMatchObject({ state: "failed", failures: [{ attempt: 1 }] });
    },
  );

  it("snoozes, and gives the attempt back", async () => {
    const { queue, job, id, clock } = await claimed();
    const runAt = clock.now() + 1_000;
    expect(await queue.snooze(job, { delayMs: 1_000 })).toMatchObject({ state: "pending" });
    expect(await queue.get(id)).toMatchObject({
      state: "pending",
      attempt: 0,
      runAt,
      ready: false,
    });
    await clock.advance(1_000);
    const [again] = await queue.claim();
    expect(again?.attempt).toBe(1);
    await queue.snooze(again!, { runAt: new Date(0) });
    expect(await queue.get(id)).toMatchObject({ runAt: 0, ready: true });
  });

  it.each([
    [{}, /snooze takes \{ delayMs \} or \{ runAt \}/],
    [undefined, /snooze takes/],
    [{ delayMs: 1, runAt: 1 }, /exclude each other/],
    [{ delayMs: -1 }, /delayMs .* -1/],
  ])("refuses to snooze until %o", async (until, message) => {
    const { queue, job, id } = await claimed();
    await expect(queue.snooze(job, until as never)).rejects.toThrow(message);
    expect(await queue.get(id)).toMatchObject({ state: "running" });
  });

  it("releases a job to where it stood, uncharged, also one that has failed before", async () => {
    const { queue, job, id, clock } = await claimed();
    const { runAt } = job;
    await clock.advance(50);
    expect(await queue.release(job)).toMatchObject({ state: "pending" });
    expect(await queue.get(id)).toMatchObject({ state: "pending", attempt: 0, runAt, ready: true });
    const [second] = await queue.claim();
    await queue.fail(second!, new RetryAfter(0));
    const [third] = await queue.claim();
    expect(await queue.release(third!)).toMatchObject({ state: "failed" });
    expect(await queue.get(id)).toMatchObject({ state: "failed", attempt: 1 });
  });

  it.each(["complete", "fail", "snooze", "release"] as const)(
    "refuses to %s a job that is settled already",
    async (how) => {
      const { queue, job, id } = await claimed();
      await queue.release(job);
      const settle = { complete: 9, fail: "x", snooze: { delayMs: 1 }, release: undefined }[how];
      const refused = (queue[how] as (job: unknown, by: unknown) => Promise<unknown>)(job, settle);
      await expect(refused).rejects.toMatchObject({ code: "LeaseLost" });
      await expect(refused).rejects.toThrow(id);
      expect(await queue.get(id)).toMatchObject({ state: "pending", revision: 3 });
    },
  );

  it("lets one of two settlements at once win", async () => {
    const { queue, job } = await claimed();
    const outcomes = await Promise.all([
      outcomeOf(queue.complete(job, 9)),
      outcomeOf(queue.fail(job, new Error("late"))),
    ]);
    expect(outcomes).toMatchObject([{ state: "completed" }, { code: "LeaseLost" }]);
  });

  it("refuses the attempt before once another has begun", async () => {
    const { queue, job, id } = await claimed();
    await queue.release(job);
    const [again] = await queue.claim({ types: ["square"] });
    await expect(queue.complete(job, 1)).rejects.toMatchObject({ code: "LeaseLost" });
    await queue.complete(again!, 2);
    expect(await queue.get(id)).toMatchObject({ result: 2 });
  });

  it("refuses what only looks like a claimed job", async () => {
    const { queue, job, id } = await claimed();
    for (const fake of [{ ...job }, Object.create(job), { id }, id, null, undefined]) {
      await expect(queue.complete(fake as typeof job, 9)).rejects.toThrow(/expected a claimed job/);
      await expect(queue.fail(fake as never, 9)).rejects.toBeInstanceOf(TypeError);
    }
    expect(await queue.get(id)).toMatchObject({ state: "running" });
  });

  it("refuses a job that was claimed from another database", async () => {
    const { job } = await claimed();
    const other = await otherDatabase();
    await expect(other.queue.complete(job, 1)).rejects.toThrow(/belongs to another database/);
    expect(await other.queue.get(other.id)).toMatchObject({ state: "running", payload: 5 });
  });
});

async function otherDatabase() {
  const setting = fresh({ jobs, memory: new MemoryStore({ random: () => 0.75 }) });
  const { id } = await setting.queue.enqueue("square", 5);
  await setting.queue.claim();
  return { ...setting, id };
}
