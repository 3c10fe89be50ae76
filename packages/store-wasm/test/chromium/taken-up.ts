import { openTabs } from "./harness/open-tabs.ts";
import type { Setting } from "./harness/setting.ts";
import type { RunNews } from "./page/page.ts";

const JOBS = 3;

interface TakenUpOptions {
  readonly rounds: number;
  /** Who dies. */
  readonly role: "leader" | "other";
}

/** How many milliseconds pass, in each round, from when a tab is killed until another has begun all that it was doing. */
export async function takenUp(
  setting: Setting,
  { rounds, role }: TakenUpOptions,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await once(setting, role));
  return times;
}

async function once({ site, start }: Setting, role: TakenUpOptions["role"]): Promise<number> {
  await using browser = await start();
  const tabs = await openTabs(browser, site, "A", "B");
  const [dying, heir] = role === "leader" ? tabs : ([tabs[1], tabs[0]] as const);
  const hasBegun = (name: string) =>
    browser.told.until<RunNews>(
      (all) => all.filter(({ by, words }) => by === name && words.kind === "began").length === JOBS,
    );
  await dying.run((count) => page.fill("A", count), JOBS);
  await dying.run((count) => page.work(60_000, count), JOBS);
  await hasBegun(dying.name);
  await heir.run((count) => page.work(0, count), JOBS);
  const killedAt = performance.now();
  await dying.crash();
  await hasBegun(heir.name);
  return performance.now() - killedAt;
}
