import { newJob, StoreBusy, StoreCorrupt, StoreFull, type Write } from "@turno/core";
import { describe, expect, it } from "vitest";
import type { Between } from "../around.ts";
import { fresh } from "../fresh.ts";
import { outcomeOf } from "../outcome-of.ts";
import { turns } from "../turns.ts";

function counted(between: Between = (_, call) => call(), commitsAtOnce = 1) {
  const commits: Write[] = [];
  const setting = fresh({
    commitsAtOnce,
    between: (method, call, argument) => {
      if (method === "commit") commits.push(argument);
      return between(method, call, argument);
    },
  });
  return { ...setting, commits };
}

const sizes = (commits: readonly Write[]) => commits.map(({ add = [] }) => add.length);

describe("a group commit", () => {
  it("takes the calls of one turn together, and answers each with its own", async () => {
    const { queue, commits } = counted();
    const answers = await Promise.all([1, 2, 3].map((n) => queue.enqueue("a", n)));
    expect(sizes(commits)).toEqual([3]);
    const stored = await Promise.all(answers.map(({ id }) => queue.get(id)));
    expect(stored.map((job) => job?.payload)).toEqual([1, 2, 3]);
  });

  it("takes them in the order of the calls, whether they bring one job or many", async () => {
    const { queue, commits } = counted();
    await Promise.all([
      queue.enqueue("a", 1),
      queue.enqueueMany([
        { type: "b", payload: 2 },
        { type: "c", payload: 3 },
      ]),
      queue.enqueue("d", 4),
    ]);
    expect((await queue.list()).jobs.map(({ payload }) => payload)).toEqual([4, 3, 2, 1]);
    expect(sizes(commits)).toEqual([4]);
  });

  it("is another one for calls of a later turn", async () => {
    const { queue, commits } = counted();
    await queue.enqueue("a");
    await queue.enqueue("a");
    expect(sizes(commits)).toEqual([1, 1]);
  });

  it("takes together what came while the one before was under way", async () => {
    const gates: (() => void)[] = [];
    const { queue, commits } = counted(async (method, call) => {
      if (method === "commit") await new Promise<void>((open) => gates.push(open));
      return call();
    });
    const calls = [queue.enqueue("a")];
    await turns();
    for (let call = 0; call < 5; call++) {
      calls.push(queue.enqueue("a"));
      await turns();
    }
    expect(sizes(commits)).toEqual([1]);
    gates.shift()?.();
    await turns();
    expect(sizes(commits)).toEqual([1, 5]);
    gates.shift()?.();
    expect(new Set((await Promise.all(calls)).map(({ id }) => id)).size).toBe(6);
  });

  it("has at most 1,000 rows, and comes in the order of the calls", async () => {
    const { queue, commits } = counted();
    const calls = Array.from({ length: 2_100 }, (_, n) => queue.enqueue("a", n));
    await Promise.all(calls);
    expect(sizes(commits)).toEqual([1_000, 1_000, 100]);
    const last = await queue.get((await calls[2_099]!).id);
    expect(last).toMatchObject({ payload: 2_099, seq: 2_100 });
  });

  it("has at most 4 MiB of payloads", async () => {
    const { queue, commits } = counted();
    const text = "x".repeat(1_000_000);
    await Promise.all(Array.from({ length: 9 }, () => queue.enqueue("a", text)));
    expect(sizes(commits)).toEqual([4, 4, 1]);
  });

  it("is not split where one call is larger than a group", async () => {
    const { queue, commits } = counted();
    const many = Array.from({ length: 1_500 }, () => ({ type: "a" }));
    const one = [{ type: "a" }];
    await Promise.all([one, many, one].map((items) => queue.enqueueMany(items)));
    expect(sizes(commits)).toEqual([1, 1_500, 1]);
  });

  it("is not spoilt by a call that is refused", async () => {
    const { queue, commits } = counted();
    const [good, bad, also] = [
      queue.enqueue("a"),
      outcomeOf(queue.enqueue("a", 1n)),
      queue.enqueue("a"),
    ];
    expect(await bad).toMatchObject({ code: "ValueRefused" });
    expect([(await good).added, (await also).added]).toEqual([true, true]);
    expect(sizes(commits)).toEqual([2]);
  });

  it("that fails tells exactly those who shared it", async () => {
    let trouble = true;
    const full = new StoreFull("no room");
    const { queue } = counted((method, call) => {
      if (method === "commit" && trouble) throw full;
      return call();
    });
    const first = Promise.all([outcomeOf(queue.enqueue("a")), outcomeOf(queue.enqueue("b"))]);
    expect(await first).toEqual([full, full]);
    trouble = false;
    expect(await outcomeOf(queue.enqueue("c"))).toMatchObject({ added: true });
    expect((await queue.list()).jobs.map(({ type }) => type)).toEqual(["c"]);
  });

  it("that fails while others wait leaves the next one to them", async () => {
    let fail: (() => void) | undefined;
    const { queue } = counted((method, call) => {
      if (method !== "commit" || fail !== undefined) return call();
      return new Promise((_, reject) => (fail = () => reject(new StoreFull("no room"))));
    });
    const first = outcomeOf(queue.enqueue("a"));
    await turns();
    const second = outcomeOf(queue.enqueue("b"));
    await turns();
    fail?.();
    expect(await first).toBeInstanceOf(StoreFull);
    expect(await second).toMatchObject({ added: true });
  });
});

describe("a busy store", () => {
  function busyFor(ms: number, { async = false } = {}) {
    const setting = counted((method, call) => {
      if (method === "close" || setting.clock.monotonic() >= ms) return call();
      if (async) return Promise.reject(new StoreBusy("locked"));
      throw new StoreBusy("locked");
    });
    return setting;
  }

  it.each([{ async: false }, { async: true }])(
    "is asked again until it is free, %o",
    async (how) => {
      const { queue, clock } = busyFor(20_000, how);
      const enqueued = outcomeOf(queue.enqueue("a"));
      await clock.advance(19_000);
      expect(clock.timers).toBe(1);
      await clock.advance(1_500);
      expect(await enqueued).toMatchObject({ added: true });
    },
  );

  it("is asked in ever longer steps, up to a quarter of a second", async () => {
    const { queue, clock, commits } = busyFor(10_000);
    const enqueued = queue.enqueue("a");
    await clock.advance(100);
    expect(commits.length).toBeGreaterThan(4);
    await clock.advance(9_900);
    expect(commits.length).toBeLessThan(80);
    await clock.advance(250);
    await enqueued;
  });

  it("is given up after 30 seconds", async () => {
    const { queue, clock } = busyFor(60_000);
    const outcomes = Promise.all([outcomeOf(queue.enqueue("a")), outcomeOf(queue.enqueue("b"))]);
    await clock.advance(29_000);
    expect(clock.timers).toBe(1);
    await clock.advance(1_500);
    const busy = { code: "StoreBusy", message: "locked", transient: true };
    expect(await outcomes).toMatchObject([busy, busy]);
    expect(clock.timers).toBe(0);
  });

  it("holds up what comes meanwhile, and then takes it in one commit", async () => {
    const { queue, clock, commits } = busyFor(1_000);
    const calls = [queue.enqueue("a")];
    await clock.advance(500);
    calls.push(queue.enqueue("a"), queue.enqueue("a"));
    await clock.advance(1_000);
    expect((await Promise.all(calls)).map(({ added }) => added)).toEqual([true, true, true]);
    expect(sizes(commits).slice(-2)).toEqual([1, 2]);
  });

  it("is asked again by whatever reads it", async () => {
    const { queue, clock } = busyFor(100);
    const asked = Promise.all([queue.counts(), queue.list(), queue.pause("a"), queue.prune()]);
    await clock.advance(500);
    expect(await asked).toHaveLength(4);
  });

  it("that turns out to be full says so", async () => {
    let calls = 0;
    const { queue, clock } = counted((method, call) => {
      if (method !== "commit") return call();
      throw calls++ === 0 ? new StoreBusy("locked") : new StoreFull("no room");
    });
    const outcome = outcomeOf(queue.enqueue("a"));
    await clock.advance(100);
    expect(await outcome).toMatchObject({ code: "StoreFull" });
    expect(calls).toBe(2);
  });
});

describe("a store in any other trouble", () => {
  it("is not asked again", async () => {
    const corrupt = new StoreCorrupt("damaged");
    let calls = 0;
    const { queue } = counted((method, call) => {
      if (method !== "commit") return call();
      calls++;
      throw corrupt;
    });
    expect(await outcomeOf(queue.enqueue("a"))).toBe(corrupt);
    expect(calls).toBe(1);
  });
});

describe("something that only some of a group find in their way", () => {
  const locked = new StoreBusy("somebody has it locked", { partial: true });

  /** A store in which the payload "locked" is in somebody's way until `free` is called. */
  function lockedFor() {
    let isLocked = true;
    const setting = counted((method, call, argument) => {
      if (method !== "commit" || !isLocked) return call();
      const { add = [] } = argument as Write;
      if (add.some(({ payload }) => payload === '"locked"')) throw locked;
      return call();
    });
    return { ...setting, free: () => (isLocked = false) };
  }

  it("holds up nobody else, neither those of the same group nor who comes later", async () => {
    const { queue, clock, free } = lockedFor();
    const one = outcomeOf(queue.enqueue("a", "locked"));
    const others = await Promise.all([queue.enqueue("a", 1), queue.enqueue("a", 2)]);
    expect(others.map(({ added }) => added)).toEqual([true, true]);
    expect(await queue.enqueue("a", 3)).toMatchObject({ added: true });
    await clock.advance(10_000);
    free();
    await clock.advance(300);
    expect(await one).toMatchObject({ added: true });
    expect((await queue.counts()).pending).toBe(4);
  });

  it("is told after 30 seconds to who asked for it, and nothing of it was done", async () => {
    const { queue, clock } = lockedFor();
    const one = outcomeOf(queue.enqueue("a", "locked"));
    await clock.advance(29_000);
    expect(await Promise.race([one, Promise.resolve("waits")])).toBe("waits");
    await clock.advance(1_500);
    expect(await one).toBe(locked);
    expect((await queue.counts()).pending).toBe(0);
  });

  it("does not keep a claim that came with it from being made", async () => {
    const { queue, clock } = lockedFor();
    const ran: unknown[] = [];
    await queue.enqueue("a", 1);
    const worker = queue.work({ a: ({ payload }) => void ran.push(payload) });
    void outcomeOf(queue.enqueue("a", "locked"));
    await clock.advance(100);
    expect(ran).toEqual([1]);
    const stopped = worker.stop();
    await clock.advance(100);
    await stopped;
  });
});

describe("a store that takes two commits at once", () => {
  /** Each commit is under way until the test opens its gate. */
  function gatedCommits(commitsAtOnce: number) {
    const gates: (() => void)[] = [];
    const setting = counted(async (method, call) => {
      if (method === "commit") await new Promise<void>((open) => gates.push(open));
      return call();
    }, commitsAtOnce);
    /** Lets one go on: by default the one that has waited longest. */
    const open = async (at = 0) => {
      for (const gate of gates.splice(at, 1)) gate();
      await turns();
    };
    return { ...setting, open };
  }

  async function withTwo(commitsAtOnce: number) {
    const setting = gatedCommits(commitsAtOnce);
    const ids = setting.memory.commit({
      now: 0,
      add: [1, 2].map((n) => newJob("a", JSON.stringify(n), {}, {}, 0)),
    }).added;
    return { ...setting, ids: ids.map(({ id }) => id) };
  }

  it("is given what only changes jobs while another commit is under way", async () => {
    const { queue, commits, open, ids } = await withTwo(2);
    const added = queue.enqueue("a");
    await turns();
    const cancelled = queue.cancel(ids[0] ?? "");
    await turns();
    expect(commits.map(({ add = [], replace = [] }) => [add.length, replace.length])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    await open();
    await open();
    expect(await Promise.all([added, cancelled])).toMatchObject([{ added: true }, true]);
  });

  it("is given jobs in the order of the calls all the same", async () => {
    const { queue, commits, open } = await withTwo(2);
    const first = queue.enqueue("a", 3);
    await turns();
    const second = queue.enqueue("a", 4);
    await turns();
    expect(sizes(commits)).toEqual([1]);
    await open();
    await open();
    await Promise.all([first, second]);
    expect((await queue.list()).jobs.map(({ payload }) => payload)).toEqual([4, 3, 2, 1]);
  });

  it("is given no third one", async () => {
    const { queue, commits, open, ids } = await withTwo(2);
    const calls: Promise<unknown>[] = [queue.enqueue("a")];
    await turns();
    for (const id of ids) {
      calls.push(queue.cancel(id));
      await turns();
    }
    expect(commits).toHaveLength(2);
    for (let count = 0; count < 3; count++) await open();
    await Promise.all(calls);
    expect(commits).toHaveLength(3);
  });

  it("is closed when both are done", async () => {
    const { queue, commits, open, ids } = await withTwo(2);
    const calls: Promise<unknown>[] = [queue.enqueue("a")];
    await turns();
    calls.push(queue.cancel(ids[0] ?? ""));
    await turns();
    expect(commits).toHaveLength(2);
    let isClosed = false;
    const closing = queue.close().then(() => (isClosed = true));
    await open();
    // By now there is the cancelling, and what waits for it.
    await open(1);
    expect(isClosed).toBe(false);
    await open();
    await closing;
    expect(await Promise.all(calls)).toMatchObject([{ added: true }, true]);
  });

  it("is given one at a time where it does not say that it takes more", async () => {
    const { queue, commits, open, ids } = await withTwo(1);
    const calls = [queue.enqueue("a"), turns().then(() => queue.cancel(ids[0] ?? ""))];
    await turns();
    await turns();
    expect(commits).toHaveLength(1);
    await open();
    await open();
    await Promise.all(calls);
  });
});
