import { expect, it } from "vitest";
import { inOwnChromium } from "./harness/in-own-chromium.ts";
import { openTabs } from "./harness/open-tabs.ts";

const setting = inOwnChromium();

it("where the origin has no room left, enqueuing rejects with StoreFull, and goes on when there is room again", async (context) => {
  const { site, start } = setting(context);
  const { origin } = site;
  await using browser = await start();
  // Chromium remembers for a while how much room there was: so this comes before the queue is opened.
  const empty = await browser.tab("empty", `${origin}/elsewhere`);
  await empty.session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 2_000_000 });
  const [leader, other] = await openTabs(browser, site, "A", "B");
  await other.run(() => page.fill("before", 100));

  for (const tab of [other, leader]) {
    const refusal = await tab.run(() => page.refusalOf(500_000));
    expect(refusal).toEqual({ code: "StoreFull", transient: true });
  }
  expect(await other.run(() => page.queue.counts())).toMatchObject({ pending: 100 });
  await other.run(() => page.fill("small", 10));

  await empty.session.send("Storage.overrideQuotaForOrigin", { origin });
  expect(await leader.run(() => page.refusalOf(500_000))).toBeUndefined();
  expect(await other.run(() => page.queue.counts())).toMatchObject({ pending: 120 });
});
