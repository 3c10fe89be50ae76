import { AnswerLost, StoreClosed } from "@turno/core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { aJob } from "../a-job.ts";
import { browserWith } from "./browser-with.ts";

const adding = { now: 1_000, add: [aJob()] };

describe("a store that is closed", () => {
  it("lets another tab lead, and rejects what it is asked from then on", async () => {
    const {
      browser,
      tabs: [one, two],
    } = await browserWith(2);
    await one.store.commit(adding);
    await one.store.close();
    expect(await two.store.counts()).toMatchObject({ pending: 1 });
    expect(browser.leader).toBe(two);
    await expect(one.store.counts()).rejects.toThrow(StoreClosed);
    await one.store.close();
    expect(one.worker.isDead).toBe(true);
  });

  it.each(["leads", "follows"])(
    "has stored what it was asked before: one that %s",
    async (what) => {
      const {
        tabs: [one, two],
      } = await browserWith(2);
      const [closed, other] = what === "leads" ? [one, two] : [two, one];
      const added = closed.store.commit(adding);
      await Promise.all([closed.store.close(), closed.store.close()]);
      expect((await added).added).toHaveLength(1);
      expect(await other.store.counts()).toMatchObject({ pending: 1 });
    },
  );

  it("does not say that nothing was done where it cannot know", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const {
      tabs: [one, two],
    } = await browserWith(2);
    one.freeze();
    const added = expect(two.store.commit(adding)).rejects.toThrow(AnswerLost);
    const read = expect(two.store.counts()).rejects.toThrow(StoreClosed);
    const closed = two.store.close();
    await vi.advanceTimersByTimeAsync(2_000);
    await Promise.all([closed, added, read]);
  });
});
