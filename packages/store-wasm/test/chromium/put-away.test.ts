import { expect, it } from "vitest";
import type { BrowserTab } from "./harness/browser-tab.ts";
import { inOwnChromium } from "./harness/in-own-chromium.ts";
import { openTabs } from "./harness/open-tabs.ts";
import type { OwnChromium } from "./harness/own-chromium.ts";
import type { Saying } from "./harness/told.ts";
import { judgeNotes } from "./judge-notes.ts";
import type { Note, RunNews } from "./page/page.ts";

const setting = inOwnChromium();

it("a page that is put away lets others lead and do its jobs, and works again when it is back", async (context) => {
  const { site, start } = setting(context);
  await using browser = await start();
  const [leader, other] = await openTabs(browser, site, "A", "B");
  await leader.run(() => page.tellWhenShown());
  await leader.run(() => page.fill("A", 3));
  await leader.run(() => page.work(2_000, 3));
  await browser.told.until<RunNews>((all) => runsOf(all, "began", "A").length === 3);

  await leader.go(`${site.origin}/elsewhere`);
  await other.run(() => page.work(10, 3));
  await other.run(() => page.allFinished());
  expect(runsOf(browser.told.all(), "settled", "B")).toEqual([0, 1, 2]);
  expect(await other.run(() => page.leader())).toBe("B");

  await goBack(browser, leader);
  await other.run(() => page.rest());
  await other.run(() => page.fill("B", 2));
  await leader.run(() => page.allFinished());
  expect(runsOf(browser.told.all(), "settled", "A")).toEqual([0, 1]);
  const notes = await leader.run(() => page.notes());
  expect(notes.map(({ by, n, state, attempt }) => [by, n, state, attempt])).toEqual([
    ["A", 0, "completed", 2],
    ["A", 1, "completed", 2],
    ["A", 2, "completed", 2],
    ["B", 0, "completed", 1],
    ["B", 1, "completed", 1],
  ]);
});

it("calls that are under way when their page is put away are answered when it is back, each done once", async (context) => {
  const { site, start } = setting(context);
  await using browser = await start();
  const [leader, other] = await openTabs(browser, site, "A", "B");
  const hasTold = (count: number) => browser.told.until((all) => all.length >= count);
  await leader.run(() => page.tellWhenShown());
  await leader.run(() => page.enqueueWithoutPause("A", 8));
  await hasTold(50);

  await leader.go(`${site.origin}/elsewhere`);
  await other.run(() => page.fill("B", 1));
  await goBack(browser, leader);
  await hasTold(browser.told.all().length + 50);
  await leader.run(() => page.pause());
  const acknowledged = browser.told.all<Note>().map(({ words }) => words);
  const stored = await other.run(() => page.notes());
  expect(
    judgeNotes(
      acknowledged.filter(({ by }) => by === "A"),
      stored,
    ),
  ).toMatchObject({
    lost: [],
    invented: [],
  });
});

async function goBack(browser: OwnChromium, tab: BrowserTab): Promise<void> {
  await tab.run(() => history.back());
  const isShown = ({ by, words }: Saying<unknown>) => by === tab.name && words === "shown again";
  await browser.told.until((all) => all.some(isShown));
}

function runsOf(all: readonly Saying<RunNews>[], kind: RunNews["kind"], tab: string) {
  const runs = all.filter(({ by, words }) => by === tab && words.kind === kind);
  return runs.map(({ words }) => words.n).toSorted((a, b) => a - b);
}
