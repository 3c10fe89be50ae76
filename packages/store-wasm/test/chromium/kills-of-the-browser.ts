import { openTabs } from "./harness/open-tabs.ts";
import { Profile } from "./harness/own-chromium.ts";
import type { Setting } from "./harness/setting.ts";
import { judgeNotes, type Verdict } from "./judge-notes.ts";
import type { Note } from "./page/page.ts";

interface KillsOptions {
  readonly kills: number;
  /** How many notes are acknowledged, at the least, before the next kill. */
  readonly between: () => number;
  /** Of the text in each, in characters: what is long takes longer to be stored. */
  readonly length: number;
}

/** While a page enqueues without pause the whole browser is killed, again and again, with one profile. */
export async function killsOfTheBrowser(
  setting: Setting,
  { kills, between, length }: KillsOptions,
): Promise<Verdict> {
  using profile = new Profile();
  const acknowledged: Note[] = [];
  for (let life = 1; life <= kills; life++)
    acknowledged.push(
      ...(await oneLife(setting, profile, { by: `life ${life}`, atLeast: between(), length })),
    );
  return judgeNotes(acknowledged, await whatIsThere(setting, profile));
}

interface Life {
  readonly by: string;
  readonly atLeast: number;
  readonly length: number;
}

/** What it has told until it was dead counts as acknowledged. */
async function oneLife({ site, start }: Setting, profile: Profile, { by, atLeast, length }: Life) {
  await using browser = await start({ profile });
  const [tab] = await openTabs(browser, site, "A");
  await tab.run((...args) => page.enqueueWithoutPause(...args), by, 8, length);
  await browser.told.until((all) => all.length >= atLeast);
  await browser.kill();
  return browser.told.all<Note>().map(({ words }) => words);
}

async function whatIsThere({ site, start }: Setting, profile: Profile) {
  await using browser = await start({ profile });
  const [tab] = await openTabs(browser, site, "A");
  return await tab.run(() => page.notes());
}
