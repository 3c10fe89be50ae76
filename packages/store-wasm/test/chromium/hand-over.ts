import type { BrowserTab } from "./harness/browser-tab.ts";
import { openTabs } from "./harness/open-tabs.ts";
import type { Setting } from "./harness/setting.ts";

interface HandOverOptions {
  /** In the queue. */
  readonly jobs: number;
  readonly rounds: number;
  /** How the tab that leads ends. */
  readonly end: "close" | "crash";
}

/**
 * How many milliseconds pass, in each round, from when the tab that leads is told to end until a call that another makes
 * once it is gone is answered.
 */
export async function handOver(
  setting: Setting,
  { jobs, rounds, end }: HandOverOptions,
): Promise<readonly number[]> {
  await using browser = await setting.start();
  let [leader] = await openTabs(browser, setting.site, "0");
  await leader.run((count) => page.fill("0", count), jobs);
  const times: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const [next] = await openTabs(browser, setting.site, String(round));
    times.push(await endAndCall(leader, next, end));
    await expectLeader(next);
    leader = next;
  }
  return times;
}

async function endAndCall(leader: BrowserTab, other: BrowserTab, end: "close" | "crash") {
  const startedAt = performance.now();
  await leader[end]();
  await other.run(() => page.queue.enqueue("note", { by: "afterwards", n: 0 }));
  return performance.now() - startedAt;
}

async function expectLeader(tab: BrowserTab): Promise<void> {
  const name = await tab.run(() => page.leader());
  if (name !== tab.name) throw new Error(`${tab.name} should lead, but ${name} does`);
}
