import { defineJobs, type ListOptions } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";

async function with7Jobs() {
  const setting = fresh();
  await setting.queue.enqueueMany(
    Array.from({ length: 7 }, (_, payload) => ({
      type: payload % 2 === 0 ? "even" : "odd",
      payload,
    })),
  );
  return setting;
}

describe("list", () => {
  it("gives the newest first", async () => {
    const { queue } = await with7Jobs();
    const { jobs, next } = await queue.list();
    expect(jobs.map(({ payload }) => payload)).toEqual([6, 5, 4, 3, 2, 1, 0]);
    expect(next).toBeUndefined();
  });

  it("gives pages that lead through all, though jobs come meanwhile", async () => {
    const { queue } = await with7Jobs();
    const seen: unknown[] = [];
    let after: string | undefined;
    do {
      const page = await queue.list({ limit: 3, after });
      seen.push(...page.jobs.map(({ payload }) => payload));
      after = page.next;
      await queue.enqueue("even", "new");
    } while (after !== undefined);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });

  it("has no next page after the last, also where that one is full", async () => {
    const { queue } = await with7Jobs();
    expect((await queue.list({ limit: 7 })).next).toBeUndefined();
    expect((await queue.list({ limit: 6 })).next).toBeDefined();
  });

  it("filters by states and types", async () => {
    const { queue } = await with7Jobs();
    const [job] = await queue.claim({ types: ["odd"] });
    await queue.complete(job!);
    const payloads = async (options: ListOptions) =>
      (await queue.list(options)).jobs.map(({ payload }) => payload);
    expect(await payloads({ types: ["odd"] })).toEqual([5, 3, 1]);
    expect(await payloads({ states: ["completed", "running"] })).toEqual([1]);
    expect(await payloads({ states: ["pending"], types: ["odd"], limit: 1 })).toEqual([5]);
    expect(await payloads({ types: ["none", "__proto__"] })).toEqual([]);
    expect(await payloads({ states: [] })).toEqual([]);
  });

  it.each([
    [{ limit: 0 }, /limit .* 0/],
    [{ limit: 1_001 }, /limit .* 1001/],
    [{ states: "dead" }, /states must be an array, but is "dead"/],
    [{ states: ["done"] }, /states names "done"/],
    [{ states: ["toString"] }, /states names "toString"/],
    [{ states: [undefined] }, /states names undefined/],
    [{ types: [undefined] }, /types names undefined/],
    [{ types: [7] }, /types names 7/],
    [{ after: "7" }, /looks like a UUID/],
    [{ state: "dead" }, /no option "state"/],
  ])("refuses %o", async (options, message) => {
    const { queue } = await with7Jobs();
    await expect(queue.list(options as never)).rejects.toThrow(message);
  });
});

describe("counts and summary", () => {
  it("tell how many jobs are in each state", async () => {
    const { queue } = await with7Jobs();
    const [done, failed, dead, snoozed] = await queue.claim({ limit: 5 });
    await queue.complete(done!);
    await queue.fail(failed!, "x");
    await queue.snooze(snoozed!, { delayMs: 1 });
    await queue.cancel(dead!.id);
    expect(await queue.counts()).toEqual({
      pending: 3,
      failed: 1,
      running: 1,
      completed: 1,
      dead: 0,
      cancelled: 1,
    });
    expect(await queue.summary()).toBe(
      "pending 3, failed 1, running 1, completed 1, dead 0, cancelled 1",
    );
  });
});

describe("reading", () => {
  it("sees what is stored under types that are not defined here", async () => {
    const { queue, memory, clock } = await with7Jobs();
    void queue;
    const other = fresh({ memory, clock, jobs: defineJobs({ even: {} }) }).queue;
    expect((await other.list()).jobs).toHaveLength(7);
  });

  it.each(["get", "list", "counts", "summary", "prune", "claim"] as const)(
    "by %s is over once the queue is closed",
    async (call) => {
      const { queue } = await with7Jobs();
      const { jobs } = await queue.list();
      await queue.close();
      const id = jobs[0]!.id;
      const refused = call === "get" ? queue.get(id) : queue[call]();
      await expect(refused).rejects.toMatchObject({ code: "QueueClosed" });
    },
  );
});
