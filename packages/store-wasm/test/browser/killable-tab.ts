import { openWasmStore, type WasmStore } from "@turno/store-wasm";
import type { StoreUnderTest } from "@turno/testkit";

/** A store's tab: the name of its queue, and its worker, without which nothing of the tab is left. */
interface Tab {
  readonly name: string;
  readonly worker: Worker;
}

const tabs = new WeakMap<WasmStore, Tab>();
let names = 0;

/** How the suite comes by stores in IndexedDB: each has a worker of its own, as if it were opened by a tab of its own. */
export const killableTabs: StoreUnderTest<WasmStore> = {
  open: () => openTab(`suite-${Date.now()}-${++names}`),
  openSecond: (store) => openTab(tabOf(store).name),
  async reopen(store) {
    await store.close();
    return await openTab(tabOf(store).name);
  },
  kill: (store) => tabOf(store).worker.terminate(),
};

async function openTab(name: string): Promise<WasmStore> {
  let started: Worker | undefined;
  const store = await openWasmStore({
    persistence: "indexeddb",
    name,
    worker: () => (started = startWorker()),
  });
  if (started === undefined) throw new Error("the store was opened without a worker");
  tabs.set(store as WasmStore, { name, worker: started });
  return store as WasmStore;
}

function startWorker(): Worker {
  return new Worker("/tab-worker.js", { type: "module" });
}

function tabOf(store: WasmStore): Tab {
  const tab = tabs.get(store);
  if (tab === undefined) throw new Error("the store was not opened here");
  return tab;
}
