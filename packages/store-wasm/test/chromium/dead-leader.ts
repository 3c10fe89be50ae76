import { openTabs } from "./harness/open-tabs.ts";
import type { Setting } from "./harness/setting.ts";
import type { Saying } from "./harness/told.ts";
import type { RunNews } from "./page/page.ts";

const CONCURRENCY = 10;
const NOTE_MS = 20;

interface Account {
  readonly completed: number;
  /** How many the dead tab was doing. */
  readonly doing: number;
  /** How many it had done, without having heard that the store had that. */
  readonly unsettled: number;
  /** Those that were begun more than once. */
  readonly again: readonly number[];
  /** Of them, those that are none of the former, or that were begun more than twice. */
  readonly withoutCause: readonly number[];
}

/** Three tabs do what is queued, and in the midst of it the one that leads dies. */
export async function deadLeader(
  setting: Setting,
  { jobs }: { readonly jobs: number },
): Promise<Account> {
  await using browser = await setting.start();
  const tabs = await openTabs(browser, setting.site, "A", "B", "C");
  const [leader, other] = tabs;
  if ((await other.run(() => page.leader())) !== "A") throw new Error("A should lead");
  await leader.run((count) => page.fill("A", count), jobs);
  for (const tab of tabs)
    await tab.run((ms, concurrency) => page.work(ms, concurrency), NOTE_MS, CONCURRENCY);
  await browser.told.until<RunNews>((all) => numbersOf(all, "began").size >= jobs / 3);
  await leader.crash();
  await other.run(() => page.allFinished());
  const all = browser.told.all<RunNews>();
  const byDead = all.filter(({ by }) => by === "A");
  const doing = without(numbersOf(byDead, "began"), numbersOf(byDead, "ended"));
  const unsettled = without(numbersOf(byDead, "ended"), numbersOf(byDead, "settled"));
  const runs = Map.groupBy(
    all.filter(({ words }) => words.kind === "began"),
    ({ words }) => words.n,
  );
  const again = [...runs].filter(([, { length }]) => length > 1);
  return {
    completed: (await other.run(() => page.queue.counts())).completed,
    doing: doing.size,
    unsettled: unsettled.size,
    again: again.map(([n]) => n),
    withoutCause: again.flatMap(([n, { length }]) =>
      (doing.has(n) || unsettled.has(n)) && length === 2 ? [] : [n],
    ),
  };
}

function numbersOf(all: readonly Saying<RunNews>[], kind: RunNews["kind"]): Set<number> {
  return new Set(all.flatMap(({ words }) => (words.kind === kind ? [words.n] : [])));
}

function without(all: ReadonlySet<number>, some: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...all].filter((n) => !some.has(n)));
}
