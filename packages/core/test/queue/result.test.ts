import { defineJobs, json, JobGone, StoreFull, type Watched } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";
import type { ManualClock } from "../manual-clock.ts";
import { outcomeOf } from "../outcome-of.ts";
import { asyncSchema, schema } from "../schema.ts";
import { turns } from "../turns.ts";
import { unhandledDuring } from "../unhandled-during.ts";

const toDate = (value: { at?: unknown }) =>
  typeof value.at === "number"
    ? { value: { at: new Date(value.at) } }
    : { issues: [{ message: "expected a number", path: ["at"] }] };

const jobs = defineJobs({
  add: { payload: json<{ a: number; b: number }>(), result: json<number>() },
  timed: { payload: json<unknown>(), result: schema<{ at: number }, { at: Date }>(toDate) },
  slow: { payload: json<unknown>(), result: asyncSchema<{ at: number }, { at: Date }>(toDate) },
  nothing: {},
});

async function untilFinished(clock: ManualClock, result: Promise<unknown>): Promise<void> {
  let finished = false;
  void outcomeOf(result).then(() => (finished = true));
  await clock.until(() => finished);
}

describe("result", () => {
  it("gives what the handler gave, to all who wait and to who comes later", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("add", { a: 1, b: 2 });
    const early = [queue.result(id), queue.result(id)];
    queue.work({ add: ({ payload: { a, b } }) => a + b });
    await untilFinished(clock, queue.result(id));
    expect(await Promise.all([...early, queue.result(id)])).toEqual([3, 3, 3]);
    await queue.close();
  });

  it("comes without time passing where the job finishes in this process", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("add", { a: 1, b: 2 });
    const result = outcomeOf(queue.result(id));
    await turns();
    const [job] = await queue.claim();
    const before = clock.monotonic();
    await queue.complete(job!, 3 as never);
    await turns();
    await queue.close();
    expect(await result).toBe(3);
    expect(clock.monotonic()).toBe(before);
  });

  it("comes within a second where it finishes elsewhere and no hint comes", async () => {
    const { queue, clock, memory } = fresh({ jobs });
    const elsewhere = fresh({ jobs, clock, memory }).queue;
    const { id } = await queue.enqueue("add", { a: 1, b: 2 });
    const result = outcomeOf(queue.result(id));
    await turns();
    const [job] = await elsewhere.claim();
    await elsewhere.complete(job!, 3 as never);
    await clock.advance(1_000);
    await queue.close();
    expect(await result).toBe(3);
  });

  it("comes at the store's hint", async () => {
    let ring = () => {};
    const memory = fresh().memory;
    const watching = Object.assign(memory, {
      watch: (listener: () => void, what: Watched) => {
        if (what === "finished") ring = listener;
        return { [Symbol.dispose]: () => {} };
      },
    });
    const { queue, clock } = fresh({ jobs, memory: watching });
    const elsewhere = fresh({ jobs, clock, memory }).queue;
    const { id } = await queue.enqueue("add", { a: 1, b: 2 });
    const result = queue.result(id);
    await turns();
    const [job] = await elsewhere.claim();
    await elsewhere.complete(job!, 3 as never);
    ring();
    expect(await result).toBe(3);
  });

  it("is undefined for a type that keeps none", async () => {
    const { queue } = fresh({ jobs });
    const { id } = await queue.enqueue("nothing");
    const [job] = await queue.claim({ types: ["nothing"] });
    await queue.complete(job!);
    expect(await queue.result(id)).toBeUndefined();
  });

  it("rejects with JobDead, which tells of the last failure", async () => {
    const { queue } = fresh({ jobs });
    const { id } = await queue.enqueue("nothing", null, { maxAttempts: 1 });
    const result = outcomeOf(queue.result(id));
    const [job] = await queue.claim();
    await queue.fail(job!, new RangeError("too far"));
    expect(await result).toMatchObject({
      code: "JobDead",
      message: `job ${id} (nothing) is dead after attempt 1: RangeError: too far; queue.retry(id) starts it afresh`,
      failures: [{ attempt: 1, name: "RangeError" }],
    });
  });

  it("waits on while the job has attempts left", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("nothing");
    let done = false;
    void queue.result(id).then(() => (done = true));
    const [job] = await queue.claim();
    await queue.fail(job!, new Error("once"));
    await turns();
    expect(done).toBe(false);
    queue.work({ nothing: () => {} });
    await clock.until(() => done);
    await queue.close();
  });

  it("rejects with JobCancelled where somebody cancels the job", async () => {
    const { queue } = fresh({ jobs });
    const { id } = await queue.enqueue("nothing");
    const result = outcomeOf(queue.result(id));
    await queue.cancel(id);
    expect(await result).toMatchObject({ code: "JobCancelled" });
  });

  it("rejects with JobGone where there is no such job any more", async () => {
    const { queue, clock } = fresh({ jobs, retention: { cancelled: 0 } });
    const { id } = await queue.enqueue("nothing");
    await queue.enqueue("nothing");
    await queue.cancel(id);
    await clock.advance(1);
    await queue.prune();
    await expect(queue.result(id)).rejects.toThrow(JobGone);
  });

  it("rejects with JobGone for another job's row number", async () => {
    const { queue } = fresh({ jobs });
    const { id } = await queue.enqueue("nothing");
    const forged = `00000000${id.slice(8)}`;
    const result = outcomeOf(queue.result(forged));
    await turns();
    await queue.close();
    expect(await result).toBeInstanceOf(JobGone);
  });

  it("rejects with the signal's reason, before and while it waits", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("nothing");
    await expect(queue.result(id, { signal: AbortSignal.abort("no") })).rejects.toBe("no");
    const controller = new AbortController();
    const result = outcomeOf(queue.result(id, { signal: controller.signal }));
    await turns();
    controller.abort("enough");
    expect(await result).toBe("enough");
    expect(clock.timers).toBe(0);
  });

  it("rejects with QueueClosed where the queue is closed first", async () => {
    const { queue } = fresh({ jobs });
    const { id } = await queue.enqueue("nothing");
    const unhandled = await unhandledDuring(async () => {
      const result = outcomeOf(queue.result(id));
      await turns();
      await queue.close();
      expect(await result).toMatchObject({ code: "QueueClosed" });
    });
    expect(unhandled).toEqual([]);
  });

  it("rejects with the store's error, and can be asked again", async () => {
    let broken = false;
    const { queue } = fresh({
      jobs,
      between: (method, go) => {
        if (broken && method === "get") throw new StoreFull("no space");
        return go();
      },
    });
    const { id } = await queue.enqueue("nothing");
    broken = true;
    await expect(queue.result(id)).rejects.toThrow(StoreFull);
    broken = false;
    const again = outcomeOf(queue.result(id));
    await queue.cancel(id);
    expect(await again).toMatchObject({ code: "JobCancelled" });
  });

  it("refuses what is no id or no option", async () => {
    const { queue } = fresh({ jobs });
    const { id } = await queue.enqueue("nothing");
    await expect(queue.result("7")).rejects.toThrow(/looks like a UUID/);
    await expect(queue.result(id, 500 as never)).rejects.toThrow(/options must be an object/);
    await expect(queue.result(id, { signal: {} } as never)).rejects.toThrow(/an AbortSignal/);
    await expect(queue.result(id, { timeoutMs: 5 } as never)).rejects.toThrow(/"timeoutMs"/);
  });

  it("reads the store once for all who wait", async () => {
    let reads = 0;
    const { queue, clock } = fresh({
      jobs,
      between: (method, go) => {
        if (method === "get") reads++;
        return go();
      },
    });
    const { id } = await queue.enqueue("nothing");
    const results = Array.from({ length: 100 }, () => outcomeOf(queue.result(id)));
    await turns();
    expect(reads).toBe(1);
    await clock.advance(3_000);
    expect(reads).toBe(4);
    await queue.close();
    await Promise.all(results);
  });
});

describe.each(["timed", "slow"] as const)("the %s schema of a result", (type) => {
  it("stores its input and gives its output", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue(type, {});
    queue.work({ [type]: () => ({ at: 5 }) });
    await untilFinished(clock, queue.result(id));
    expect(await queue.get(id)).toMatchObject({ result: { at: 5 } });
    expect(await queue.result(id)).toEqual({ at: new Date(5) });
    await queue.close();
  });

  it("buries a job whose result does not fit: its effects are not repeated", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue(type, {});
    queue.work({ [type]: () => ({ at: "noon" }) as never });
    await untilFinished(clock, queue.result(id));
    expect(await queue.get(id)).toMatchObject({
      attempt: 1,
      failures: [
        {
          kind: "result",
          message:
            "the job ran, but its result cannot be stored (result.at: expected a number); return JSON that fits its type",
        },
      ],
    });
    await queue.close();
  });

  it("refuses to complete a claimed job with what does not fit, and the job stays held", async () => {
    const { queue } = fresh({ jobs });
    const { id } = await queue.enqueue(type, {});
    const [job] = await queue.claim();
    await expect(queue.complete(job!, { at: "noon" } as never)).rejects.toThrow(/^result\.at/);
    expect(await queue.get(id)).toMatchObject({ state: "running" });
    await queue.complete(job!, { at: 5 } as never);
    expect(await queue.result(id)).toEqual({ at: new Date(5) });
  });
});
