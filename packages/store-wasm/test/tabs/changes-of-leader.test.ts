import { SimulatedClock } from "@turno/testkit";
import { describe, expect, it } from "vitest";
import { aJob } from "../a-job.ts";
import { SimulatedBrowser } from "./simulated-browser.ts";

const NOW = 1_000;
const adding = { now: NOW, add: [aJob()] };

describe("a leader whose place was taken", () => {
  it("misleads nobody when it is asked who leads before it knows", async () => {
    const clock = new SimulatedClock();
    const browser = new SimulatedBrowser(clock);
    const one = await browser.open();
    one.freeze();
    // It does not know who leads, and asks all.
    const opening = browser.open();
    await clock.advance(5_000);
    const two = await opening;
    one.thaw();
    await clock.advance(10);
    const added = [two.store.commit(adding), one.store.commit(adding)];
    await clock.advance(10_000);
    for (const commit of added) expect((await commit).added).toHaveLength(1);
    expect(browser.leader).toBe(two);
  });

  it("leads nobody when it was taken while it opened the database", async () => {
    const clock = new SimulatedClock();
    const browser = new SimulatedBrowser(clock);
    const one = await browser.open();
    one.freeze();
    const gate = Promise.withResolvers<void>();
    const opening = [
      browser.open({ heldUp: (what) => (what === "open" ? gate.promise : undefined) }),
    ];
    await clock.advance(3_500);
    opening.push(browser.open());
    await clock.advance(10_000);
    // It takes the database from the one that leads by now.
    gate.resolve();
    await clock.advance(100);
    const tabs = await Promise.all(opening);
    const added = tabs.map(({ store }) => store.commit(adding));
    await clock.advance(1_000);
    for (const commit of added) expect((await commit).added).toHaveLength(1);
  });

  it("takes it again once it has let go of all that it led with", async () => {
    const clock = new SimulatedClock();
    const browser = new SimulatedBrowser(clock);
    const one = await browser.open();
    one.freeze();
    const { promise, resolve } = Promise.withResolvers<void>();
    let opens = 0;
    const opening = browser.open({
      heldUp: (what) => (what === "open" && ++opens === 1 ? promise : undefined),
    });
    await clock.advance(3_500);
    const three = browser.open();
    await clock.advance(4_000);
    await (await three).store.close();
    await clock.advance(100);
    resolve();
    await clock.advance(100);
    const added = (await opening).store.commit(adding);
    await clock.advance(1_000);
    expect((await added).added).toHaveLength(1);
  });

  it("uses the queue all the same when it was taken while it opened it for the first time", async () => {
    const clock = new SimulatedClock();
    const browser = new SimulatedBrowser(clock);
    const { promise, resolve } = Promise.withResolvers<void>();
    const opening = browser.open({
      heldUp: (what) => (what === "snapshot" ? promise : undefined),
    });
    await clock.advance(10);
    const two = browser.open();
    await clock.advance(4_000);
    await two;
    resolve();
    expect((await (await opening).store.commit(adding)).added).toHaveLength(1);
    expect(browser.leader).toBe(await two);
  });
});

describe("a database that takes long to open", () => {
  it("is opened in the end, though others wait and see no sign of life", async () => {
    const clock = new SimulatedClock();
    const browser = new SimulatedBrowser(clock);
    let opensInMs = 0;
    const slow = {
      heldUp: () => new Promise<void>((opened) => clock.setTimeout(opened, opensInMs)),
    };
    const opening = [browser.open(), browser.open(slow), browser.open(slow)];
    await clock.advance(100);
    const [one, ...others] = await Promise.all(opening);
    opensInMs = 10_000;
    one?.kill();
    const added = others.map(({ store }) => store.commit(adding));
    await clock.advance(60_000);
    for (const commit of added) expect((await commit).added).toHaveLength(1);
  });
});
