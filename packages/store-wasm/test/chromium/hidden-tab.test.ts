import { expect, it } from "vitest";
import { hiddenTab } from "./hidden-tab.ts";
import { inOwnChromium } from "./harness/in-own-chromium.ts";

const setting = inOwnChromium();

it("a hidden tab does its delayed jobs on time, though the browser holds its timers back", async (context) => {
  const lateness = await hiddenTab(setting(context), { delayMs: 1_000, jobs: 1 });
  // The browser's timers would have been a minute late.
  expect(Math.max(...lateness)).toBeLessThan(5_000);
});
