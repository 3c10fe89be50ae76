import { defineJobs, Fatal } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";
import { asyncSchema, schema } from "../schema.ts";

const toDate = (value: { at?: unknown }) =>
  typeof value.at === "number"
    ? { value: { at: new Date(value.at) } }
    : { issues: [{ message: "expected a number", path: [{ key: "at" }] }] };

const jobs = defineJobs({
  timed: { payload: schema<{ at: number }, { at: Date }>(toDate) },
  slow: { payload: asyncSchema<{ at: number }, { at: Date }>(toDate) },
});

describe.each(["timed", "slow"] as const)("a %s schema that transforms", (type) => {
  it("stores the input and gives the handler the output", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue(type, { at: 5 });
    expect((await queue.get(id))?.payload).toEqual({ at: 5 });
    const seen: unknown[] = [];
    const worker = queue.work({
      [type]: ({ payload }: { payload: unknown }) => seen.push(payload),
    });
    await clock.until(() => seen.length > 0);
    expect(seen).toEqual([{ at: new Date(5) }]);
    await worker.stop();
    expect((await queue.get(id))?.payload).toEqual({ at: 5 });
  });

  it("gives the output to a loop of one's own", async () => {
    const { queue } = fresh({ jobs });
    await queue.enqueue(type, { at: 5 });
    const [job] = await queue.claim();
    expect(job?.payload).toEqual({ at: new Date(5) });
  });

  it("refuses what does not fit, says where, and stores nothing", async () => {
    const { queue } = fresh({ jobs });
    const refused = queue.enqueue(type, { at: "noon" as never });
    await expect(refused).rejects.toThrow(/^payload\.at: expected a number$/);
    await expect(refused).rejects.toMatchObject({ code: "SchemaRefused" });
    expect((await queue.list()).jobs).toEqual([]);
  });

  it("buries a stored job that no longer fits, without calling its handler", async () => {
    const { queue, memory, clock } = fresh({ jobs });
    const { id } = await fresh({ memory, clock }).queue.enqueue(type, { at: "noon" });
    let calls = 0;
    const worker = queue.work({ [type]: () => calls++ });
    const dead: unknown[] = [];
    worker.on("dead", ({ error }) => dead.push(error));
    await clock.until(() => dead.length > 0);
    expect(calls).toBe(0);
    expect(dead).toMatchObject([{ code: "SchemaRefused" }]);
    expect(await queue.get(id)).toMatchObject({
      state: "dead",
      attempt: 1,
      failures: [{ kind: "error", message: "payload.at: expected a number" }],
    });
  });

  it("buries it also where a loop of one's own claims it, and hands out the others", async () => {
    const { queue, memory, clock } = fresh({ jobs });
    const before = fresh({ memory, clock }).queue;
    const { id } = await before.enqueue(type, { at: "noon" });
    await before.enqueue(type, { at: 5 });
    const claimed = await queue.claim({ limit: 2 });
    expect(claimed.map(({ payload }) => payload)).toEqual([{ at: new Date(5) }]);
    expect(await queue.get(id)).toMatchObject({ state: "dead" });
  });
});

describe("a schema", () => {
  it("cannot change what is stored", async () => {
    const meddling = defineJobs({
      mail: {
        payload: schema<{ to: string }>((value: { to: string }) => {
          value.to = "changed";
          return { value };
        }),
      },
    });
    const { queue } = fresh({ jobs: meddling });
    const payload = { to: "ana" };
    const { id } = await queue.enqueue("mail", payload);
    expect(payload).toEqual({ to: "ana" });
    expect((await queue.get(id))?.payload).toEqual({ to: "ana" });
  });

  it("that throws refuses the enqueue with what it threw", async () => {
    const broken = defineJobs({
      mail: {
        payload: schema<null>(() => {
          throw new Error("no such table");
        }),
      },
    });
    const { queue } = fresh({ jobs: broken });
    await expect(queue.enqueue("mail", null)).rejects.toThrow("no such table");
  });

  it("that throws while a job is read fails the attempt, which is tried again", async () => {
    let broken = false;
    const flaky = defineJobs({
      mail: {
        backoff: { kind: "fixed", baseMs: 10 },
        payload: schema<null>(() => {
          if (broken) throw new Error("not now");
          return { value: null };
        }),
      },
    });
    const { queue, clock } = fresh({ jobs: flaky });
    const { id } = await queue.enqueue("mail", null);
    broken = true;
    const failed: unknown[] = [];
    const completed: unknown[] = [];
    const worker = queue.work({ mail: () => {} });
    worker.on("failed", ({ error }) => {
      failed.push(error);
      broken = false;
    });
    worker.on("completed", ({ job }) => completed.push(job.id));
    await clock.until(() => completed.length > 0);
    expect(failed).toEqual([new Error("not now")]);
    expect(completed).toEqual([id]);
  });

  it("keeps a job in the order in which it was admitted to the store, not of its call", async () => {
    const { queue } = fresh({ jobs });
    const slow = queue.enqueue("slow", { at: 1 });
    const quick = queue.enqueue("timed", { at: 2 });
    const [first, second] = [await slow, await quick];
    expect((await queue.get(second.id))?.seq).toBeLessThan((await queue.get(first.id))!.seq);
  });
});

describe("a stored payload that is no JSON any more", () => {
  it("buries its job, and says so", async () => {
    const { queue, clock } = fresh({
      between: (method, call) => {
        const answer = call() as { claimed?: { payload: string }[] };
        if (method !== "commit" || answer.claimed === undefined) return answer;
        return { ...answer, claimed: answer.claimed.map((job) => ({ ...job, payload: "{oops" })) };
      },
    });
    await queue.enqueue("mail", { to: "ana" });
    const told: unknown[] = [];
    const errors: unknown[] = [];
    const worker = queue.work({ mail: () => {} });
    worker.on("dead", ({ error }) => told.push(error));
    worker.on("error", ({ error }) => errors.push(error));
    await clock.until(() => told.length + errors.length > 0);
    expect(errors).toEqual([]);
    expect(told).toEqual([expect.any(Fatal)]);
    expect(await queue.summary()).toContain("dead 1,");
  });
});
