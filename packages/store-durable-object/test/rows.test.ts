import { beforeEach, describe, expect, it } from "vitest";
import { InWorkerd } from "../../../scripts/in-workerd.ts";
import { Shop } from "./shop.ts";

const place = new InWorkerd({
  entry: new URL("worker/shop.ts", import.meta.url),
  objects: ["Shop"],
});
let shops = 0;
let shop: Shop;
beforeEach((context) => {
  place.need(context);
  shop = new Shop(place, `shop-${++shops}`);
});

/** What an alarm with work in it costs, however many jobs it finds: it is set, and its worker joins and leaves. */
const ONE_ALARM = { alarm: 1, "insert workers": 2, "delete workers": 1 };

describe("the rows that are written", () => {
  it.each([1, 10, 100])("for %i jobs are six for each, and four for their alarm", async (many) => {
    const rows = await rowsOf(async () => {
      await shop.enqueue(...jobs(many));
      await shop.until(({ counts, journal }) => counts["completed"] === many && isOver(journal));
    });
    // Which of the two statements it is depends on how many were completed in the same millisecond.
    const { "update jobs": updated = 0, "update or ignore jobs": alone = 0, ...others } = rows;
    // To claim: the job, its place among those that run. To complete: the job, its place among those that are finished.
    expect(updated + alone).toBe(4 * many);
    // To enqueue: the job, its place among those that are ready.
    expect(others).toEqual({ "insert jobs": 2 * many, ...ONE_ALARM });
  });

  it("for a large payload is one more", async () => {
    const rows = await rowsOf(async () => {
      await shop.enqueue({ type: "note", payload: "x".repeat(1_000) });
      await shop.until(({ counts, journal }) => counts["completed"] === 1 && isOver(journal));
    });
    expect(rows).toMatchObject({ "insert jobs": 2, "insert payloads": 1 });
  });

  it("for a job that waits until it is due are two more, and for a unique key there is one more", async () => {
    const { now } = await shop.state();
    const rows = await rowsOf(async () => {
      await shop.enqueue({ type: "note", payload: "d", runAt: now + 500, uniqueKey: "d" });
      await shop.until(({ counts, journal }) => counts["completed"] === 1 && isOver(journal));
    });
    expect(rows).toEqual({
      "insert jobs": 3,
      "update jobs": 4,
      "update or ignore jobs": 2,
      ...ONE_ALARM,
    });
  });

  it("for an attempt that fails are seven, and the alarm of the next", async () => {
    const backoff = { kind: "fixed", baseMs: 3_000, jitter: 0 } as const;
    const rows = await rowsOf(async () => {
      await shop.enqueue({ type: "fail", payload: null, maxAttempts: 2, backoff });
      await shop.until(({ counts, journal }) => counts["dead"] === 1 && isOver(journal));
    });
    expect(rows).toMatchObject({
      "update jobs": 2 + 2 + 2,
      // Also their place among those that are rare: first of what failed, then of what is dead.
      "update or ignore jobs": 3 + 3,
      alarm: 2,
    });
  });

  it("for what a handler tells is one, and pruning takes as many as there are", async () => {
    const rows = await rowsOf(async () => {
      // The newest job of all is never pruned.
      const large = "x".repeat(1_000);
      await shop.enqueue({ type: "tell", payload: large }, { type: "note", payload: "n" });
      await shop.until(({ counts, journal }) => counts["completed"] === 2 && isOver(journal));
    });
    expect(rows).toMatchObject({ "insert or replace notes": 1 });
    const pruned = await rowsOf(async () => {
      expect(await shop.ask({ order: "prune" })).toBe(1);
    });
    expect(pruned).toEqual({ "delete jobs": 1, "delete payloads": 1, "delete notes": 1 });
  });

  it("are none but the worker's where the alarm itself has woken a new instance", async () => {
    const { now } = await shop.state();
    await shop.enqueue({ type: "note", payload: "cold", runAt: now + 700 });
    await place.restart();
    await expect.poll(() => place.workerd.output(), { timeout: 20_000 }).toContain("alarm over");
    expect(await shop.ask({ order: "rows" })).toEqual({
      "update jobs": 4,
      "update or ignore jobs": 2,
      "insert workers": 2,
      "delete workers": 1,
    });
  });

  it("are none where an instance opens, looks and finds nothing to do", async () => {
    await shop.state();
    await shop.ask({ order: "abort" }).catch(() => {});
    await shop.state();
    expect(await shop.ask({ order: "rows" })).toEqual({});
  });
});

function jobs(many: number) {
  return Array.from({ length: many }, (_, at) => ({ type: "note", payload: `${at}` }));
}

function isOver(journal: readonly string[]): boolean {
  return journal.at(-1) === "alarm over";
}

/** By kind of statement the rows that `work` has written. */
async function rowsOf(work: () => Promise<void>): Promise<Readonly<Record<string, number>>> {
  await shop.state();
  const before = await shop.ask<Record<string, number>>({ order: "rows" });
  await work();
  const after = await shop.ask<Record<string, number>>({ order: "rows" });
  const written = Object.entries(after).map(([kind, rows]) => [kind, rows - (before[kind] ?? 0)]);
  return Object.fromEntries(written.filter(([, rows]) => rows !== 0));
}
