import { openTabs } from "./harness/open-tabs.ts";
import type { Setting } from "./harness/setting.ts";

interface TimesOptions {
  /** Awaited one by one, in each tab. */
  readonly count: number;
  /** Of 2,000 that are awaited together. */
  readonly rounds: number;
  /** In the queue before. */
  readonly jobs: number;
}

interface Times {
  /** How many milliseconds each took that was awaited before the next, in the tab that leads and in another. */
  readonly leaderMs: readonly number[];
  readonly otherMs: readonly number[];
  /** How many there were in a second, of those that were awaited together. */
  readonly leaderPerSecond: readonly number[];
  readonly otherPerSecond: readonly number[];
}

/** How long it takes until an enqueue is acknowledged, and so durable. */
export async function enqueueTimes(
  { site, start }: Setting,
  { count, rounds, jobs }: TimesOptions,
): Promise<Times> {
  await using browser = await start();
  const [leader, other] = await openTabs(browser, site, "A", "B");
  await leader.run((many) => page.fill("before", many), jobs);
  const timesIn = async (tab: typeof leader) => {
    await tab.show();
    const oneByOne = await tab.run((many) => page.enqueueOneByOne(many), count);
    const together: number[] = [];
    for (let round = 0; round < rounds; round++)
      together.push(await tab.run(() => page.enqueueTogether(2_000)));
    return [oneByOne, together] as const;
  };
  const [leaderMs, leaderPerSecond] = await timesIn(leader);
  const [otherMs, otherPerSecond] = await timesIn(other);
  return { leaderMs, otherMs, leaderPerSecond, otherPerSecond };
}
