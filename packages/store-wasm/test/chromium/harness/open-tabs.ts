import type { BrowserTab } from "./browser-tab.ts";
import type { OwnChromium } from "./own-chromium.ts";
import type { Site } from "./serve-page.ts";

/** Opens tabs of these names, one after the other, and the queue in each; the first leads. */
export async function openTabs<const N extends readonly string[]>(
  browser: OwnChromium,
  site: Site,
  ...names: N
): Promise<{ readonly [I in keyof N]: BrowserTab }> {
  const tabs: BrowserTab[] = [];
  for (const name of names) {
    const tab = await browser.tab(name, site.page(name));
    await tab.run(() => page.open());
    tabs.push(tab);
  }
  return tabs as unknown as { readonly [I in keyof N]: BrowserTab };
}
