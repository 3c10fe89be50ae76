import { SimulatedClock } from "@turno/testkit";
import { SimulatedBrowser } from "./simulated-browser.ts";
import type { SimulatedTab } from "./simulated-tab.ts";

/** A browser with so many tabs; the first leads. */
export async function browserWith(tabs: number) {
  const clock = new SimulatedClock();
  const browser = new SimulatedBrowser(clock);
  const opened: SimulatedTab[] = [];
  for (let at = 0; at < tabs; at++) opened.push(await browser.open());
  return { browser, clock, tabs: opened as [SimulatedTab, SimulatedTab, SimulatedTab] };
}
