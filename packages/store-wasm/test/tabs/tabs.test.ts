import { StoreFull, type Write } from "@turno/core";
import { StoreTakenOver } from "@turno/store-wasm";
import { SimulatedClock } from "@turno/testkit";
import { describe, expect, it } from "vitest";
import { aJob } from "../a-job.ts";
import { SimulatedBrowser } from "./simulated-browser.ts";
import type { SimulatedTab } from "./simulated-tab.ts";

const NOW = 1_000;
const add = (...jobs: Parameters<typeof aJob>): Write => ({ now: NOW, add: [aJob(...jobs)] });

/** A browser with so many tabs; the first leads. */
async function browserWith(tabs: number) {
  const clock = new SimulatedClock();
  const browser = new SimulatedBrowser(clock);
  const opened: SimulatedTab[] = [];
  for (let at = 0; at < tabs; at++) opened.push(await browser.open());
  return { browser, clock, tabs: opened as [SimulatedTab, SimulatedTab, SimulatedTab] };
}

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
    let killed: "before" | "after" | undefined;
    const clock = new SimulatedClock();
    const browser = new SimulatedBrowser(clock);
    await browser.open({ killed: () => killed });
    const two = await browser.open();
    const worker = await two.store.join({ leaseMs: 30_000 });
    await two.store.commit({ now: NOW, add: [aJob(), aJob(), aJob()] });
    killed = when;
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
