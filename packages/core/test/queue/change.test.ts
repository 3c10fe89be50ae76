import { defineJobs, json } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";

const jobs = defineJobs({
  mail: {
    payload: json<string>(),
    result: json<number>(),
    backoff: { kind: "fixed", baseMs: 50, jitter: 0 },
  },
});

async function waiting(options?: { delayMs?: number; uniqueKey?: string }) {
  const setting = fresh({ jobs });
  const { id } = await setting.queue.enqueue("mail", "a", options);
  const claim = async () => (await setting.queue.claim())[0]!;
  return { ...setting, id, claim };
}

describe("cancel", () => {
  it("cancels what waits, and says so", async () => {
    const { queue, id, clock, claim } = await waiting({ delayMs: 10 });
    expect(await queue.cancel(id)).toBe(true);
    expect(await queue.get(id)).toMatchObject({ state: "cancelled", finishedAt: clock.now() });
    await clock.advance(10);
    expect(await claim()).toBeUndefined();
  });

  it("cancels what has failed, and what runs", async () => {
    const { queue, id, claim } = await waiting();
    await queue.fail(await claim(), "x");
    expect(await queue.cancel(id)).toBe(true);
    await queue.retry(id);
    await claim();
    expect(await queue.cancel(id)).toBe(true);
    expect(await queue.get(id)).toMatchObject({ state: "cancelled" });
  });

  it("says no to what is finished, and to what is pruned", async () => {
    const { queue, id, claim } = await waiting();
    await queue.complete(await claim(), 1);
    expect(await queue.cancel(id)).toBe(false);
    await queue.enqueue("mail", "b");
    await queue.prune({ completed: 0 });
    expect(await queue.cancel(id)).toBe(false);
  });

  it("wins over a settlement that comes after it, and loses against one before", async () => {
    const { queue, id, claim } = await waiting();
    const job = await claim();
    const settled = queue.complete(job, 1);
    const cancelled = queue.cancel(id);
    expect(await settled).toMatchObject({ state: "completed" });
    expect(await cancelled).toBe(false);
  });

  it("goes on where somebody came between", async () => {
    let reads = 0;
    const setting = fresh({
      between: async (method, call) => {
        const given = call();
        // Between the look at the job and the write another one moves it on.
        if (method === "get" && ++reads === 1) await meddle();
        return given;
      },
    });
    const { id } = await setting.queue.enqueue("mail");
    const other = fresh({ memory: setting.memory, clock: setting.clock }).queue;
    const meddle = () => other.reschedule(id, setting.clock.now() + 5);
    expect(await setting.queue.cancel(id)).toBe(true);
    expect(reads).toBe(2);
    expect(await setting.queue.get(id)).toMatchObject({ state: "cancelled", revision: 3 });
  });
});

describe("retry", () => {
  it("makes what waits due at once, and keeps its attempts", async () => {
    const { queue, id, clock, claim } = await waiting({ delayMs: 1_000 });
    await clock.advance(10);
    expect(await queue.retry(id)).toBe(true);
    expect(await queue.get(id)).toMatchObject({ state: "pending", runAt: clock.now() });
    await queue.fail(await claim(), "x");
    await clock.advance(10);
    expect(await queue.retry(id)).toBe(true);
    expect(await queue.get(id)).toMatchObject({ state: "failed", attempt: 1, ready: true });
    expect(await claim()).toMatchObject({ attempt: 2 });
  });

  it("starts what is finished afresh: no attempts, no result, but the failures", async () => {
    const { queue, id, clock, claim } = await waiting();
    await queue.fail(await claim(), "x");
    await clock.advance(50);
    await queue.complete(await claim(), 1);
    await clock.advance(10);
    expect(await queue.retry(id)).toBe(true);
    const job = await queue.get(id);
    expect(job).toMatchObject({ state: "pending", attempt: 0, runAt: clock.now(), ready: true });
    expect(job?.failures).toMatchObject([{ message: "x" }]);
    expect(job).not.toHaveProperty("result");
    expect(job).not.toHaveProperty("finishedAt");
    expect(await claim()).toMatchObject({ attempt: 1 });
  });

  it("leaves alone what runs, and what is no more", async () => {
    const { queue, id, claim } = await waiting();
    const job = await claim();
    expect(await queue.retry(id)).toBe(false);
    await queue.complete(job, 1);
    await queue.enqueue("mail", "b");
    await queue.prune({ completed: 0 });
    expect(await queue.retry(id)).toBe(false);
  });
});

describe("reschedule", () => {
  it("lets what waits wait until another instant, a number or a Date", async () => {
    const { queue, id, clock, claim } = await waiting();
    const at = clock.now() + 100;
    expect(await queue.reschedule(id, new Date(at))).toBe(true);
    expect(await queue.get(id)).toMatchObject({ state: "pending", runAt: at, ready: false });
    expect(await claim()).toBeUndefined();
    expect(await queue.reschedule(id, clock.now())).toBe(true);
    expect(await claim()).toMatchObject({ id });
  });

  it("says no to what runs and to what is finished", async () => {
    const { queue, id, claim } = await waiting();
    const job = await claim();
    expect(await queue.reschedule(id, 5)).toBe(false);
    await queue.complete(job, 1);
    expect(await queue.reschedule(id, 5)).toBe(false);
  });

  it.each([[Number.NaN], [-1], [0.5], [new Date("never")], ["noon"], [undefined]])(
    "refuses %o",
    async (at) => {
      const { queue, id } = await waiting();
      await expect(queue.reschedule(id, at as number)).rejects.toThrow(/runAt must be an integer/);
    },
  );
});

describe("an id", () => {
  const calls = ["get", "cancel", "retry", "reschedule"] as const;

  it.each(calls)("that is none is refused by %s", async (call) => {
    const { queue, id } = await waiting();
    for (const wrong of ["", "7", `${id}0`, id.toUpperCase().replace("0", "G"), 7, null, {}]) {
      const refused = queue[call](wrong as string, 0);
      await expect(refused).rejects.toThrow(
        /a job's id looks like a UUID of version 7, but this is/,
      );
      await expect(refused).rejects.toBeInstanceOf(TypeError);
    }
  });

  it.each(calls)("of another database is refused by %s", async (call) => {
    const { queue, id } = await waiting();
    const flipped = id.slice(0, 15) + (id[15] === "0" ? "1" : "0") + id.slice(16);
    await expect(queue[call](flipped, 0)).rejects.toThrow(/belongs to another database/);
  });

  it.each(calls)("that only shares its row's number with a job is none to %s", async (call) => {
    const { queue, id } = await waiting();
    const other = `00000000${id.slice(8)}`;
    expect(await queue[call](other, 0)).toBe(call === "get" ? undefined : false);
    expect(await queue.get(id)).toMatchObject({ revision: 1 });
  });
});
