import { expect, it } from "vitest";
import { inOwnChromium } from "./harness/in-own-chromium.ts";
import { openTabs } from "./harness/open-tabs.ts";
import type { Note } from "./page/page.ts";

const setting = inOwnChromium();

it("where the site's data are deleted, calls say so, and what is opened anew is empty and keeps its jobs", async (context) => {
  const { site, start } = setting(context);
  await using browser = await start();
  const tabs = await openTabs(browser, site, "A", "B");
  for (const tab of tabs) await tab.run((name) => page.enqueueWithoutPause(name, 8), tab.name);
  await browser.told.until<Note>((all) =>
    tabs.every(({ name }) => all.filter(({ by }) => by === name).length >= 50),
  );

  const [leader] = tabs;
  await leader.session.send("Storage.clearDataForOrigin", {
    origin: site.origin,
    storageTypes: "indexeddb",
  });
  for (const tab of tabs) {
    expect(await tab.run(() => page.failure())).toBe("StoreReplaced");
    await expect(tab.run(() => page.queue.counts())).rejects.toThrow(
      /^StoreReplaced: .* open the store anew/,
    );
  }

  for (const tab of tabs) await tab.run(() => page.open());
  for (const tab of tabs) await tab.run((by) => page.fill(by, 10), tab.name);
  const notes = await leader.run(() => page.notes());
  expect(notes.map(({ by, n }) => `${by}${n}`)).toEqual(
    tabs.flatMap(({ name }) => Array.from({ length: 10 }, (_, n) => `${name}${n}`)),
  );
});
