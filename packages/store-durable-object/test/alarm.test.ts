import type { JobOf } from "@turno/core";
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

describe("an alarm", () => {
  it("comes for a job that is ready, and is set no more when nothing is left", async () => {
    await shop.enqueue({ type: "note", payload: "a" });
    const { journal } = await shop.until(({ journal }) => journal.includes("alarm over"));
    expect(journal).toEqual(["alarm", "note a", "alarm over"]);
    expect(await shop.state()).toMatchObject({ alarmAt: null, counts: { completed: 1 } });
  });

  it("is set for the job that is due first, and moved only where it would come too late", async () => {
    const { now } = await shop.state();
    for (const minutes of [60, 1, 90])
      await shop.enqueue({ type: "note", payload: "x", runAt: now + minutes * 60_000 });
    expect(await shop.state()).toMatchObject({ alarmAt: now + 60_000, journal: [] });
    expect(await shop.ask({ order: "rows" })).toMatchObject({ alarm: 2 });
  });

  it("is set for the attempt to come after one that failed", async () => {
    const backoff = { kind: "fixed", baseMs: 3_000, jitter: 0 } as const;
    await shop.enqueue({ type: "fail", payload: null, maxAttempts: 2, backoff });
    await shop.until(({ counts }) => counts["dead"] === 1);
    const { journal } = await shop.until(({ alarmAt }) => alarmAt === null);
    expect(journal.filter((entry) => entry === "alarm")).toHaveLength(2);
  });

  it("is set by none of the jobs that are enqueued while it is handled", async () => {
    await shop.enqueue({ type: "twin", payload: "b" });
    const { journal } = await shop.until(({ counts }) => counts["completed"] === 2);
    await shop.until(({ alarmAt, journal }) => alarmAt === null && journal.includes("alarm over"));
    expect(journal.filter((entry) => entry === "alarm")).toHaveLength(1);
    expect(await shop.ask({ order: "rows" })).toMatchObject({ alarm: 1 });
  });

  it("finds nothing where it comes again, and does no harm", async () => {
    await shop.enqueue({ type: "note", payload: "once" });
    await shop.until(({ counts }) => counts["completed"] === 1);
    await shop.ask({ order: "setAlarm" });
    const twice = (journal: readonly string[]) => journal.filter((it) => it === "alarm over");
    const { journal } = await shop.until(({ journal }) => twice(journal).length === 2);
    expect(journal.filter((it) => it === "note once")).toHaveLength(1);
    expect(await shop.state()).toMatchObject({ alarmAt: null });
  });

  it("that comes while another is handled waits for that one", async () => {
    await shop.enqueue({ type: "wait", payload: { ms: 300 } });
    await shop.until(({ journal }) => journal.includes("wait 300"));
    await shop.ask({ order: "alarm" });
    const { journal } = await shop.state();
    expect(journal.filter((entry) => entry === "wait 300")).toHaveLength(1);
    expect(journal).toContain("waited 300");
  });

  it("comes once for a type that no handler serves", async () => {
    await shop.enqueue({ type: "nobody's", payload: null });
    await shop.until(({ journal, alarmAt }) => journal.includes("alarm over") && alarmAt === null);
    await shop.enqueue({ type: "note", payload: "q" });
    const { journal } = await shop.until(({ counts, alarmAt, journal }) => {
      return counts["completed"] === 1 && alarmAt === null && journal.at(-1) === "alarm over";
    });
    expect(journal.filter((entry) => entry === "alarm")).toHaveLength(2);
  });

  it("is set for what is due after it", async () => {
    const { now } = await shop.state();
    const later = { type: "note", payload: "later", runAt: now + 3_600_000 };
    await shop.enqueue({ type: "note", payload: "now" }, later);
    await shop.until(({ counts, alarmAt }) => counts["completed"] === 1 && alarmAt !== null);
    expect(await shop.state()).toMatchObject({ alarmAt: now + 3_600_000 });
  });

  it.each([8.64e15, 9e12])("is set within a year for what is due at %d", async (runAt) => {
    await shop.enqueue({ type: "note", payload: "far", runAt });
    const { alarmAt, now, journal } = await shop.state();
    expect(alarmAt).toBeGreaterThan(now + 360 * 24 * 3_600_000);
    expect(alarmAt).toBeLessThan(now + 370 * 24 * 3_600_000);
    expect(journal).toEqual([]);
  });

  it("comes for no type that is paused, but when it goes on", async () => {
    await shop.ask({ order: "pause", type: "note" });
    await shop.enqueue({ type: "note", payload: "p" });
    await shop.until(({ journal, alarmAt }) => journal.includes("alarm over") && alarmAt === null);
    await shop.ask({ order: "resume", type: "note" });
    const { journal } = await shop.until(({ counts }) => counts["completed"] === 1);
    expect(journal.filter((entry) => entry === "alarm")).toHaveLength(2);
  });
});

describe("when time is up", () => {
  it("the worker claims no more, and the next alarm goes on", async () => {
    await shop.settings({ claimMs: 1_000, concurrency: 1 });
    const payload = { ms: 300 };
    await shop.enqueue(...Array(8).fill({ type: "wait", payload }));
    const { journal } = await shop.until(({ counts }) => counts["completed"] === 8);
    expect(journal.filter((entry) => entry === "waited 300")).toHaveLength(8);
    expect(journal.filter((entry) => entry === "wait 300")).toHaveLength(8);
    expect(journal.filter((entry) => entry === "alarm").length).toBeGreaterThan(1);
    for (const { attempt } of await jobs()) expect(attempt).toBe(1);
  });

  it("a handler that heeds its signal gives its job back uncharged", async () => {
    await shop.settings({ claimMs: 1_000, graceMs: 0 });
    await shop.enqueue({ type: "wait", payload: { ms: 60_000 } });
    await shop.until(({ journal }) => journal.includes("wait 60000"));
    await shop.ask({ order: "pause", type: "wait" });
    await shop.until(({ counts }) => counts["pending"] === 1);
    expect(await jobs()).toMatchObject([{ state: "pending", attempt: 0, failures: [] }]);
  });

  it("a handler that does not costs its job the attempt", async () => {
    await shop.settings({ claimMs: 1_000, graceMs: 0, abortMs: 100 });
    await shop.enqueue({ type: "wait", payload: { ms: 60_000, deaf: true } });
    await shop.until(({ counts }) => counts["failed"] === 1);
    expect(await jobs()).toMatchObject([{ attempt: 1, failures: [{ kind: "timeout" }] }]);
  });
});

describe("an object that ends while a job runs", () => {
  it("is woken when workerd is back, by nobody's request, and has lost the job one attempt", async () => {
    await shop.enqueue({ type: "wait", payload: { ms: 1_000 } });
    await shop.until(({ journal }) => journal.includes("wait 1000"));
    await place.restart();
    await expect.poll(() => place.workerd.output(), { timeout: 20_000 }).toContain("alarm");
    const { journal } = await shop.until(({ counts }) => counts["completed"] === 1, 30_000);
    expect(journal.filter((entry) => entry === "wait 1000")).toHaveLength(2);
    expect(await jobs()).toMatchObject([{ attempt: 2, failures: [{ kind: "abandoned" }] }]);
  });

  it("alone, goes on in its next instance", async () => {
    await shop.enqueue({ type: "wait", payload: { ms: 700 } });
    await shop.until(({ journal }) => journal.includes("wait 700"));
    await shop.ask({ order: "abort" }).catch(() => {});
    await shop.until(({ counts }) => counts["completed"] === 1, 30_000);
    expect(await jobs()).toMatchObject([{ attempt: 2, failures: [{ kind: "abandoned" }] }]);
  });

  it("is woken for what was claimed by hand", async () => {
    await shop.ask({ order: "pause", type: "note" });
    const { now } = await shop.state();
    await shop.enqueue({ type: "note", payload: "h", runAt: now + 3_600_000 });
    await shop.enqueue({ type: "byHand", payload: null });
    await shop.until(({ journal, alarmAt }) => journal.includes("alarm over") && alarmAt !== null);
    expect(await shop.ask({ order: "claim", limit: 1 })).toBe(1);
    const { alarmAt } = await shop.state();
    expect(alarmAt).toBeLessThan(now + 120_000);
  });
});

function jobs(): Promise<readonly JobOf<never, string>[]> {
  return shop.ask({ order: "jobs" });
}
