import { cpus, loadavg } from "node:os";
import { openTabs } from "../harness/open-tabs.ts";
import type { Setting } from "../harness/setting.ts";

/** On what, and when, the figures were taken. */
export async function machine({ start, site }: Setting): Promise<string> {
  await using browser = await start();
  const [tab] = await openTabs(browser, site, "A");
  const [cpu] = cpus();
  const load = loadavg().map((figure) => figure.toFixed(2));
  return [
    `${new Date().toISOString()}, ${cpus().length} × ${cpu?.model ?? "?"}`,
    `${await browser.version()}, SQLite ${await tab.run(sqliteVersion)}`,
    `load over 1, 5 and 15 minutes: ${load.join(", ")}`,
  ].join("\n");
}

/** It is part of each file that it writes. */
async function sqliteVersion(): Promise<string> {
  const image = await page.store.export();
  const version = new DataView(image.buffer, image.byteOffset).getUint32(96);
  return [version / 1e6, (version / 1e3) % 1e3, version % 1e3].map(Math.trunc).join(".");
}
