import { defineJobs, json, type Note, StoreFull } from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";
import { turns } from "../turns.ts";

const jobs = defineJobs({ long: { payload: json<number>() } });

/** A queue that counts the commits which write notes, and can refuse them. */
function noting() {
  const state = { commits: 0, broken: false };
  const setting = fresh({
    jobs,
    between: (method, call, write: { readonly note?: readonly Note[] }) => {
      if (method === "commit" && (write.note?.length ?? 0) > 0) {
        state.commits++;
        if (state.broken) throw new StoreFull("no room");
      }
      return call();
    },
  });
  return { ...setting, state };
}

describe("progress and log", () => {
  it("are there for who asks while the handler runs, and after it", async () => {
    const { queue, clock } = noting();
    const { id } = await queue.enqueue("long", 1);
    const worker = queue.work({
      long: async ({ progress, log }) => {
        progress({ done: 1, of: 2 });
        log("half of it");
        await after(clock, 1_000);
        progress({ done: 2, of: 2 });
        log("all");
      },
    });
    await clock.advance(1);
    const at = clock.now() - 1;
    expect(await queue.get(id)).toMatchObject({
      state: "running",
      progress: { done: 1, of: 2 },
      log: [{ at, attempt: 1, line: "half of it" }],
    });
    await clock.advance(1_000);
    const done = { progress: { done: 2, of: 2 }, log: [{ line: "half of it" }, { line: "all" }] };
    expect(await queue.get(id)).toMatchObject({ state: "completed", ...done });
    expect((await queue.list()).jobs).toMatchObject([done]);
    await worker.stop();
  });

  it("are undefined and empty where nothing was told", async () => {
    const { queue } = noting();
    const { id } = await queue.enqueue("long", 1);
    expect(await queue.get(id)).toMatchObject({ progress: undefined, log: [] });
  });

  it("are written twice a second at the most, for all jobs together, and with the settling", async () => {
    const { queue, clock, state } = noting();
    await queue.enqueueMany(Array.from({ length: 10 }, () => ({ type: "long", payload: 1 })));
    queue.work({
      long: async ({ progress }) => {
        for (let done = 0; done < 200; done++) {
          progress(done);
          await after(clock, 10);
        }
      },
    });
    await clock.advance(1_990);
    expect(state.commits).toBe(4);
    await clock.advance(100);
    expect((await queue.list()).jobs.map(({ progress }) => progress)).toEqual(Array(10).fill(199));
    expect(state.commits).toBeLessThanOrEqual(15);
    await queue.close();
    expect(clock.timers).toBe(0);
  });

  it("have their last word with the settling, however soon it comes", async () => {
    const { queue, clock } = noting();
    const { id } = await queue.enqueue("long", 1);
    queue.work({
      long: async ({ progress, log }) => {
        progress(1);
        await after(clock, 10);
        progress(2);
        log("all");
      },
    });
    await clock.advance(10);
    expect(await queue.get(id)).toMatchObject({
      state: "completed",
      progress: 2,
      log: [{ line: "all" }],
    });
    await queue.close();
  });

  it("are not those of a handler that has lost its job", async () => {
    const { queue, clock } = noting();
    const { id } = await queue.enqueue("long", 1);
    let goOn = () => {};
    queue.work({
      long: async ({ progress, signal }) => {
        progress("before");
        await new Promise<void>((resolve) => (goOn = resolve));
        expect(signal.aborted).toBe(true);
        progress("after");
      },
    });
    await clock.advance(1);
    await queue.cancel(id);
    goOn();
    await clock.advance(5_000);
    expect(await queue.get(id)).toMatchObject({ state: "cancelled", progress: "before" });
  });

  it("stay when the job runs again, until something newer is told", async () => {
    const { queue, clock } = noting();
    const { id } = await queue.enqueue("long", 1, { backoff: { kind: "fixed", baseMs: 1_000 } });
    const seen: unknown[] = [];
    queue.work({
      long: async ({ progress, log, attempt }) => {
        seen.push((await queue.get(id))?.progress);
        log(`attempt ${attempt}`);
        if (attempt > 1) return;
        progress(40);
        throw new Error("once");
      },
    });
    await clock.advance(3_000);
    expect(seen).toEqual([undefined, 40]);
    expect((await queue.get(id))?.log.map(({ attempt, line }) => [attempt, line])).toEqual([
      [1, "attempt 1"],
      [2, "attempt 2"],
    ]);
  });

  it("are written later where the store cannot now, and nothing is lost or told twice", async () => {
    const { queue, clock, state } = noting();
    const { id } = await queue.enqueue("long", 1);
    const worker = queue.work({
      long: async ({ progress, log }) => {
        log("a");
        await after(clock, 100);
        log("b");
        progress(1);
        await after(clock, 2_000);
      },
    });
    const errors: unknown[] = [];
    worker.on("error", ({ error }) => errors.push(error));
    state.broken = true;
    await clock.advance(200);
    expect(new Set(errors)).toEqual(new Set([new StoreFull("no room")]));
    state.broken = false;
    await clock.advance(1_000);
    const { progress, log } = (await queue.get(id))!;
    expect([progress, ...log.map(({ line }) => line)]).toEqual([1, "a", "b"]);
    await clock.advance(2_000);
    await queue.close();
  });

  it("go with a job that is settled by hand, also in a loop of one's own", async () => {
    const { queue } = noting();
    const { id } = await queue.enqueue("long", 1);
    const [job] = await queue.claim();
    job!.progress(1);
    await turns();
    expect(await queue.get(id)).toMatchObject({ state: "running", progress: 1 });
    job!.progress(2);
    job!.log("settled");
    await queue.complete(job!);
    expect(await queue.get(id)).toMatchObject({ progress: 2, log: [{ line: "settled" }] });
    job!.progress(3);
    await turns();
    expect(await queue.get(id)).toMatchObject({ progress: 2 });
  });

  it("refuse what is no JSON and what is no line, where they are called", async () => {
    const { queue } = noting();
    await queue.enqueue("long", 1);
    const [job] = await queue.claim();
    expect(() => job!.progress({ at: new Date() })).toThrow(/^progress\.at is .*Date/);
    expect(() => job!.progress(undefined)).toThrow(/^progress is undefined/);
    expect(() => job!.log(7 as never)).toThrow(/a log line must be a string, but is 7/);
  });

  it("give who asks a copy", async () => {
    const { queue } = noting();
    const { id } = await queue.enqueue("long", 1);
    const [job] = await queue.claim();
    job!.log("line");
    await turns();
    const found = await queue.get(id);
    Object.assign(found!.log[0]!, { line: "forged" });
    expect((await queue.get(id))?.log[0]?.line).toBe("line");
  });
});
