import { expect, it } from "vitest";
import { inOwnChromium } from "./harness/in-own-chromium.ts";
import { largeQueue } from "./large-queue.ts";

const setting = inOwnChromium();

it("a queue with many jobs is opened from its snapshot, and keeps no page's main thread busy", async (context) => {
  const account = await largeQueue(setting(context), { jobs: 10_000, openings: 2 });
  const longTasks = [account.longTasksWhileOpening, ...account.steps.map((step) => step.longTasks)];
  // More than the 50 ms that are promised: other tests take the processor away meanwhile.
  expect(longTasks.flat().filter((ms) => ms > 300)).toEqual([]);
  // Beside those that it begins with, 2,000 are enqueued.
  expect(account.pending + account.pruned).toBe(12_000);
});
