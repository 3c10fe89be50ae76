import { systemClock } from "@turno/core";
import type { WasmStore } from "@turno/store-wasm";
import { storeSuite } from "@turno/testkit";
import { SimulatedBrowser } from "./simulated-browser.ts";
import type { SimulatedTab } from "./simulated-tab.ts";

interface Place {
  readonly browser: SimulatedBrowser;
  readonly tab: SimulatedTab;
}

const places = new WeakMap<WasmStore, Place>();

storeSuite("WasmStore between tabs of a simulated browser", {
  open: () => openIn(new SimulatedBrowser(systemClock)),
  openSecond: (store) => openIn(placeOf(store).browser),
  async reopen(store) {
    await store.close();
    return openIn(placeOf(store).browser);
  },
  kill: (store) => placeOf(store).tab.kill(),
});

async function openIn(browser: SimulatedBrowser): Promise<WasmStore> {
  const tab = await browser.open();
  places.set(tab.store, { browser, tab });
  return tab.store;
}

function placeOf(store: WasmStore): Place {
  const place = places.get(store);
  if (place === undefined) throw new Error("the store was not opened here");
  return place;
}
