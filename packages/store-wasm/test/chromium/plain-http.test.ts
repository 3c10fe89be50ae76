import { expect, it } from "vitest";
import { inOwnChromium } from "./harness/in-own-chromium.ts";
import { openTabs } from "./harness/open-tabs.ts";

const setting = inOwnChromium();

/** Not localhost, which browsers trust without TLS. */
const HOST = "turno.test";
const FLAGS = [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`];

it("on a page that came by plain http one tab at a time has the queue, the one that opened it last", async (context) => {
  const { site, start } = setting(context);
  await using browser = await start({ flags: FLAGS });
  const insecure = site.at(HOST);
  const [first] = await openTabs(browser, insecure, "A");
  expect(await first.run(() => [isSecureContext, "locks" in navigator])).toEqual([false, false]);
  expect(first.warnings).toEqual([
    expect.stringMatching(/^turno: only one tab at a time .* by https/),
  ]);
  await first.run(() => page.fill("A", 10));
  await first.run(() => page.work(5, 5));
  await first.run(() => page.allFinished());
  expect(await first.run(() => page.store.persistence())).toMatchObject({
    mode: "indexeddb",
    tabs: "single",
  });

  const [second] = await openTabs(browser, insecure, "B");
  await second.run(() => page.fill("B", 1));
  await expect(first.run(() => page.fill("A", 1))).rejects.toThrow(/^StoreTakenOver: another tab/);
  await expect(first.run(() => page.queue.counts())).rejects.toThrow(/^StoreTakenOver: another/);
  expect(await second.run(() => page.queue.counts())).toMatchObject({ completed: 10, pending: 1 });

  await first.run(() => page.open());
  expect(await first.run(() => page.queue.counts())).toMatchObject({ completed: 10, pending: 1 });
  await expect(second.run(() => page.fill("B", 1))).rejects.toThrow(/^StoreTakenOver: another tab/);
});
