import { AnswerLost, StoreFull, StoreReplaced, StoreUnwritable, type Write } from "@turno/core";
import { memoryDisk, StoreTakenOver } from "@turno/store-wasm";
import { SimulatedClock } from "@turno/testkit";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { ToPage } from "../../src/tabs/messages.ts";
import { plainError } from "../../src/tabs/plain-error.ts";
import { aJob } from "../a-job.ts";
import { browserWith } from "./browser-with.ts";
import { SimulatedBrowser } from "./simulated-browser.ts";
import type { SimulatedTab } from "./simulated-tab.ts";

const NOW = 1_000;
const add = (...jobs: Parameters<typeof aJob>): Write => ({ now: NOW, add: [aJob(...jobs)] });

describe("tabs of one queue", () => {
  it("have the same jobs, whichever leads", async () => {
    const {
      browser,
      tabs: [one, two],
    } = await browserWith(2);
    expect(browser.leader).toBe(one);
    await two.store.commit(add());
    await one.store.commit(add());
    expect(await two.store.list({ limit: 9 })).toEqual(await one.store.list({ limit: 9 }));
    expect(two.store.salt).toBe(one.store.salt);
  });

  it("go on with the next when the one that leads is killed, and lose nothing that was acknowledged", async () => {
    const {
      browser,
      tabs: [one, two, three],
    } = await browserWith(3);
    await one.store.commit(add());
    await two.store.commit(add());
    one.kill();
    await three.store.commit(add());
    expect(browser.leader).toBe(two);
    two.kill();
    expect((await three.store.list({ limit: 9 })).map(({ seq }) => seq)).toEqual([3, 2, 1]);
    expect(browser.leader).toBe(three);
  });
});

describe("a call whose leader died", () => {
  it.each(["before", "after"] as const)("is done once: killed %s it was stored", async (when) => {
    const fate: { killed?: "before" | "after" } = {};
    const clock = new SimulatedClock();
    const browser = new SimulatedBrowser(clock);
    await browser.open({ killed: () => fate.killed });
    const two = await browser.open();
    const worker = await two.store.join({ leaseMs: 30_000 });
    await two.store.commit({ now: NOW, add: [aJob(), aJob(), aJob()] });
    fate.killed = when;
    const claimed = await two.store.commit({
      now: NOW,
      add: [aJob()],
      claim: { worker, limit: 2 },
    });
    expect(browser.leader).toBe(two);
    expect(claimed.added).toMatchObject([{ added: true }]);
    expect(claimed.claimed.map(({ seq, payload }) => [seq, payload])).toEqual([
      [1, "null"],
      [2, "null"],
    ]);
    expect(await two.store.counts()).toMatchObject({ pending: 2, running: 2 });
  });
});

describe("a worker of a tab that was killed", () => {
  it("is told as gone by the tab that leads, also when that is another by now", async () => {
    const {
      tabs: [one, two, three],
    } = await browserWith(3);
    const ofTwo = await two.store.join({ leaseMs: 30_000 });
    const ofThree = await three.store.join({ leaseMs: 30_000 });
    let rung = 0;
    three.store.watch(() => rung++, "lost");
    two.kill();
    const goneAs = async () =>
      Object.fromEntries((await three.store.workers()).map(({ id, gone }) => [id, gone]));
    await expect.poll(goneAs).toEqual({ [ofTwo]: true, [ofThree]: false });
    expect(rung).toBe(1);
    one.kill();
    await expect.poll(goneAs).toEqual({ [ofTwo]: true, [ofThree]: false });
  });
});

describe("a leader that is frozen", () => {
  it("is replaced within five seconds, and what it writes late is refused", async () => {
    const {
      browser,
      clock,
      tabs: [one, two],
    } = await browserWith(2);
    await one.store.commit(add());
    one.freeze();
    const late = one.store.commit(add({ payload: '"late"' }));
    const waited = two.store.commit(add({ payload: '"of two"' }));
    let isDone = false;
    void waited.then(() => (isDone = true));
    await clock.advance(2_900);
    expect(isDone).toBe(false);
    await clock.advance(1_000);
    expect(isDone).toBe(true);
    expect(browser.leader).toBe(two);
    one.thaw();
    await clock.advance(10);
    // It is carried out by the new leader, once.
    expect((await late).added).toMatchObject([{ added: true }]);
    const payloads = (await two.store.list({ limit: 9 })).map(({ payload }) => payload);
    expect(payloads).toEqual(['"late"', '"of two"', "null"]);
    expect(await one.store.list({ limit: 9 })).toEqual(await two.store.list({ limit: 9 }));
  });

  it("reads nothing that is out of date when it is thawed", async () => {
    const {
      clock,
      tabs: [one, two],
    } = await browserWith(2);
    await one.store.commit(add());
    one.freeze();
    const read = one.store.counts();
    const written = two.store.commit(add());
    await clock.advance(5_000);
    await written;
    one.thaw();
    expect(await read).toMatchObject({ pending: 2 });
  });

  it("is not replaced by a tab that was frozen as well", async () => {
    const {
      browser,
      clock,
      tabs: [one, two],
    } = await browserWith(2);
    one.freeze();
    const waited = two.store.commit(add());
    await clock.advance(600);
    two.freeze();
    await clock.advance(60_000);
    one.thaw();
    two.thaw();
    await waited;
    expect(browser.leader).toBe(one);
  });
});

describe("a disk that is full", () => {
  it("refuses the group, and those who only read get what is stored", async () => {
    let isFull = false;
    const browser = new SimulatedBrowser(new SimulatedClock());
    const { store } = await browser.open({ isFull: () => isFull });
    const two = await browser.open();
    await store.commit(add());
    isFull = true;
    const refused = [store.commit(add()), two.store.commit(add({ uniqueKey: "k" }))];
    const counts = store.counts();
    for (const commit of refused) await expect(commit).rejects.toThrow(StoreFull);
    expect(await counts).toMatchObject({ pending: 1 });
    isFull = false;
    expect((await two.store.commit(add({ uniqueKey: "k" }))).added).toMatchObject([
      { added: true },
    ]);
    expect(await store.counts()).toMatchObject({ pending: 2 });
  });
});

describe("without locks", () => {
  it("the tab that opened last has the queue, and the others are told", async () => {
    const browser = new SimulatedBrowser(new SimulatedClock(), { hasLocks: false });
    const one = await browser.open();
    const worker = await one.store.join({ leaseMs: 30_000 });
    await one.store.commit(add());
    const two = await browser.open();
    expect(await two.store.counts()).toMatchObject({ pending: 1 });
    await expect(one.store.commit(add())).rejects.toThrow(StoreTakenOver);
    await expect(one.store.counts()).rejects.toThrow(StoreTakenOver);
    expect(await two.store.workers()).toMatchObject([{ id: worker, gone: true }]);
    expect((await two.store.persistence()).tabs).toBe("single");
  });
});

describe("a worker's beats", () => {
  const NOTHING = { onReply: () => {}, onError: () => {} };
  const beatOf = async (tab: SimulatedTab) => (await tab.store.workers())[0]?.beat;

  it("come from the tab's own thread, however busy or hidden the page is", async () => {
    const {
      clock,
      tabs: [one, two],
    } = await browserWith(2);
    const worker = await two.store.join({ leaseMs: 30_000 });
    const replies: unknown[] = [];
    const onReply = (reply: unknown) => replies.push(reply);
    two.store.heart?.(worker, { ...NOTHING, everyMs: 1_000, onReply });
    two.holdUp();
    await clock.advance(5_500);
    expect(await beatOf(one)).toBe(5);
    expect(replies).toEqual([]);
    two.goOn();
    expect(replies).toEqual(Array(5).fill({ known: true, holds: [] }));
  });

  it("go on in the leader's place when that one is killed", async () => {
    const {
      clock,
      tabs: [one, two],
    } = await browserWith(2);
    const worker = await two.store.join({ leaseMs: 30_000 });
    two.store.heart?.(worker, { ...NOTHING, everyMs: 1_000 });
    await clock.advance(2_500);
    one.kill();
    await clock.advance(3_000);
    expect(await beatOf(two)).toBe(5);
  });

  it("end where a handler is too late and the page answers nothing any more", async () => {
    const {
      clock,
      tabs: [one, two],
    } = await browserWith(2);
    const worker = await two.store.join({ leaseMs: 30_000 });
    const heart = two.store.heart?.(worker, { ...NOTHING, everyMs: 1_000 });
    heart?.silenceIn(4_500);
    await clock.advance(6_000);
    // Late as it may be, the page answers.
    expect(await beatOf(one)).toBe(6);
    two.holdUp();
    await clock.advance(6_000);
    expect(await beatOf(one)).toBe(8);
    two.goOn();
    await clock.advance(2_000);
    expect(await beatOf(one)).toBe(10);
  });

  it("stop when they are told to", async () => {
    const {
      clock,
      tabs: [one],
    } = await browserWith(1);
    const worker = await one.store.join({ leaseMs: 30_000 });
    const heart = one.store.heart?.(worker, { ...NOTHING, everyMs: 1_000 });
    await clock.advance(1_500);
    await heart?.stop();
    await clock.advance(5_000);
    expect(await beatOf(one)).toBe(1);
  });
});

describe("a dedicated worker that breaks down", () => {
  it("is followed by another, which makes the calls again and beats on", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const {
      clock,
      tabs: [one],
    } = await browserWith(1);
    const worker = await one.store.join({ leaseMs: 30_000 });
    one.store.heart?.(worker, { everyMs: 1_000, onReply: () => {}, onError: () => {} });
    one.worker.freeze();
    const added = one.store.commit(add());
    one.worker.breakDown();
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await added).added).toMatchObject([{ added: true }]);
    expect(one.workers).toHaveLength(2);
    await clock.advance(1_500);
    expect(await one.store.workers()).toMatchObject([{ id: worker, beat: 1, gone: true }]);
  });
});

describe("a dedicated worker that cannot begin in another's place", () => {
  it("is followed by another as well", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const {
      tabs: [one],
    } = await browserWith(1);
    one.worker.breakDown();
    await vi.advanceTimersByTimeAsync(1_000);
    one.worker.freeze();
    const added = one.store.commit(add());
    const data: ToPage = { kind: "refused", error: plainError(new Error("no memory for SQLite")) };
    one.worker.onmessage?.({ data } as MessageEvent);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await added).added).toHaveLength(1);
  });
});

describe("a call that cannot be sent", () => {
  it("is refused, and is in nobody's way afterwards", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const {
      tabs: [one],
    } = await browserWith(1);
    const odd = { ...add(), odd: Symbol("odd") };
    await expect(one.store.commit(odd)).rejects.toThrow("could not be cloned");
    one.worker.breakDown();
    const added = one.store.commit(add());
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await added).added).toHaveLength(1);
  });
});

describe("a database that cannot be opened", () => {
  it("is told to whoever opens it first, who may try again", async () => {
    const browser = new SimulatedBrowser(new SimulatedClock());
    let isBroken = true;
    const faults = { isBroken: () => isBroken };
    await expect(browser.open(faults)).rejects.toThrow(StoreUnwritable);
    isBroken = false;
    const tab = await browser.open(faults);
    expect((await tab.store.commit(add())).added).toHaveLength(1);
  });

  it("is told to those who call, until it can be opened again", async () => {
    const clock = new SimulatedClock();
    const browser = new SimulatedBrowser(clock);
    let isBroken = false;
    const one = await browser.open();
    const two = await browser.open({ isBroken: () => isBroken });
    await two.store.commit(add());
    isBroken = true;
    one.freeze();
    const [read, written] = [two.store.counts(), two.store.commit(add())];
    read.catch(() => {});
    written.catch(() => {});
    one.kill();
    await expect(read).rejects.toThrow(StoreUnwritable);
    // The one that led may have done it.
    await expect(written).rejects.toThrow(AnswerLost);
    isBroken = false;
    const later = two.store.counts();
    await clock.advance(1_100);
    expect(await later).toMatchObject({ pending: 1 });
  });
});

describe("data that are deleted", () => {
  it("end the stores that knew them, and others begin afresh", async () => {
    const {
      browser,
      tabs: [one, two],
    } = await browserWith(2);
    await one.store.commit(add());
    Object.assign(browser.disk, memoryDisk());
    await expect(one.store.commit(add())).rejects.toThrow(StoreReplaced);
    await expect(two.store.counts()).rejects.toThrow(StoreReplaced);
    const three = await browser.open();
    expect(await three.store.counts()).toMatchObject({ pending: 0 });
  });

  it("are not followed by calls that were meant for them, though the page hears of it late", async () => {
    const {
      browser,
      clock,
      tabs: [one, two],
    } = await browserWith(2);
    await one.store.commit(add());
    Object.assign(browser.disk, memoryDisk());
    const late = [one.store.commit(add()), two.store.commit(add())];
    for (const commit of late) commit.catch(() => {});
    one.holdUp();
    two.holdUp();
    await clock.advance(1_000);
    const rows = browser.disk.log.flat().filter(([table]) => table === "turno_jobs");
    expect(rows).toEqual([]);
    one.goOn();
    two.goOn();
    for (const commit of late) await expect(commit).rejects.toThrow(StoreReplaced);
  });

  it("are not followed by calls that were meant for them, made again in a worker that knew neither", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const {
      browser,
      clock,
      tabs: [one],
    } = await browserWith(1);
    await one.store.commit(add());
    one.worker.freeze();
    const late = expect(one.store.commit(add())).rejects.toThrow(StoreReplaced);
    one.worker.breakDown();
    Object.assign(browser.disk, memoryDisk());
    await browser.open();
    one.holdUp();
    await vi.advanceTimersByTimeAsync(1_000);
    await clock.advance(100);
    one.goOn();
    await late;
    expect(browser.disk.log.flat().filter(([table]) => table === "turno_jobs")).toEqual([]);
  });
});
