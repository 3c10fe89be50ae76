import { openTabs } from "./harness/open-tabs.ts";
import type { Setting } from "./harness/setting.ts";

/** Else Chromium takes five minutes until a hidden page's timers run once a minute. */
const SOON = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1";

interface HiddenOptions {
  readonly delayMs: number;
  readonly jobs: number;
}

/** By how many milliseconds delayed jobs begin too late in a hidden tab, whose own timers stand still. */
export async function hiddenTab(
  { site, start }: Setting,
  { delayMs, jobs }: HiddenOptions,
): Promise<readonly number[]> {
  await using browser = await start({ flags: [SOON] });
  const [hidden] = await openTabs(browser, site, "A");
  await browser.tab("in front", `${site.origin}/elsewhere`);
  const visibility = await hidden.run(() => document.visibilityState);
  if (visibility !== "hidden") throw new Error(`the tab should be hidden, but is ${visibility}`);
  await hidden.run(() => page.untilTimersStand(3_000));
  return await hidden.run((delay, count) => page.lateness(delay, count), delayMs, jobs);
}
