import type { BrowserTab } from "./harness/browser-tab.ts";
import { openTabs } from "./harness/open-tabs.ts";
import type { OwnChromium } from "./harness/own-chromium.ts";
import type { Site } from "./harness/serve-page.ts";
import type { Session } from "./harness/session.ts";
import type { Setting } from "./harness/setting.ts";

interface LargeQueueOptions {
  readonly jobs: number;
  readonly openings: number;
}

interface Step {
  readonly name: string;
  readonly ms: number;
  readonly gave: unknown;
  /** Tasks of the page that took more than 50 ms. */
  readonly longTasks: readonly number[];
  /** For how long the tab's worker stood still, at the most. */
  readonly workerMs: number;
}

interface Account {
  /** Jobs that are there in the end, and those that were done and pruned. */
  readonly pending: number;
  readonly pruned: number;
  readonly steps: readonly Step[];
  /** How many groups of changes were stored beside the last snapshot right after the jobs were enqueued, … */
  readonly logged: number;
  /** … and how long a tab then took to open the queue. */
  readonly openingUncompactedMs: number;
  readonly longTasksWhileOpening: readonly number[];
  /** The same with a snapshot, by tabs of which no other was open. */
  readonly openingMs: readonly number[];
  /** The same while another tab led. */
  readonly openingAsSecondMs: number;
}

/** How long a queue with many jobs keeps pages waiting, and whether it ever keeps their main threads busy. */
export async function largeQueue(
  { site, start }: Setting,
  { jobs, openings }: LargeQueueOptions,
): Promise<Account> {
  await using browser = await start();
  const [first] = await openTabs(browser, site, "first");
  const steps = await stepsIn(first, [
    ["enqueue all, 1,000 at a time", () => first.run((count) => page.fill("first", count), jobs)],
  ]);
  await first.close();

  const second = await browser.tab("second", site.page("second"));
  const logged = await second.run(() => page.logged());
  const openingUncompactedMs = await second.run(() => page.open());
  const longTasksWhileOpening = await second.run(() => page.takeLongTasks());
  steps.push(...(await stepsIn(second, WORK)));
  await second.close();

  const openingMs: number[] = [];
  for (let round = 0; round < openings; round++)
    openingMs.push(await openAndClose(browser, site, `round ${round}`));
  const [leader] = await openTabs(browser, site, "leader");
  const { pending } = await leader.run(() => page.queue.counts());
  const openingAsSecondMs = await openAndClose(browser, site, "other");
  await leader.close();
  return {
    pending,
    pruned: Number(steps.find(({ name }) => name === PRUNE)?.gave),
    steps,
    logged,
    openingUncompactedMs,
    longTasksWhileOpening,
    openingMs,
    openingAsSecondMs,
  };
}

type Work = readonly [name: string, work: (tab: BrowserTab) => Promise<unknown>];

const PRUNE = "prune them";

const WORK: readonly Work[] = [
  ["snapshot, when idle", (tab) => tab.run(() => page.untilCompacted())],
  ["enqueue 2,000 together", (tab) => tab.run(() => page.enqueueTogether(2_000))],
  ["list 20 pages of 100", (tab) => tab.run(() => page.leaf(20))],
  ["count", (tab) => tab.run(() => page.queue.counts())],
  ["run 2,000, 50 at a time", (tab) => tab.run(() => page.finish(2_000, 50))],
  [PRUNE, (tab) => tab.run(() => page.queue.prune({ completed: 0 }))],
  ["snapshot, when idle", (tab) => tab.run(() => page.untilCompacted())],
];

async function openAndClose(browser: OwnChromium, site: Site, name: string): Promise<number> {
  const tab = await browser.tab(name, site.page(name));
  const ms = await tab.run(() => page.open());
  await tab.close();
  return ms;
}

async function stepsIn(tab: BrowserTab, works: readonly Work[]): Promise<Step[]> {
  const worker = await tab.worker();
  await worker.run(() => {
    globalThis.stoodMs = 0;
    let ranAt = performance.now();
    setInterval(() => {
      const now = performance.now();
      globalThis.stoodMs = Math.max(globalThis.stoodMs, now - ranAt);
      ranAt = now;
    }, 5);
  });
  const steps: Step[] = [];
  for (const [name, work] of works) {
    const startedAt = performance.now();
    const gave = await work(tab);
    const ms = performance.now() - startedAt;
    steps.push({ name, ms, gave, ...(await strainOn(tab, worker)) });
  }
  return steps;
}

declare global {
  /** In a worker: for how long it did not get to its timers, at the most. */
  var stoodMs: number;
}

async function strainOn(tab: BrowserTab, worker: Session) {
  const workerMs = await worker.run(() => {
    const { stoodMs } = globalThis;
    globalThis.stoodMs = 0;
    return stoodMs;
  });
  return { workerMs, longTasks: await tab.run(() => page.takeLongTasks()) };
}
