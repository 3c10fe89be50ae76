import { loadWasm } from "./loading/load-wasm.ts";
import { startSqlJs } from "./loading/start-sql-js.ts";
import { startTabWorker } from "./loading/start-tab-worker.ts";
import type { MemoryWasmStore } from "./memory-wasm-store.ts";
import type { Persistence } from "./persistence/persistence.ts";
import { TabLine } from "./tabs/tab-line.ts";
import { WasmStore } from "./wasm-store.ts";
import { resolveOptions, type WasmStoreOptions } from "./wasm-store-options.ts";

/** Opens a store on a database of its own, in memory; without `export` it is lost with its process or page. */
export function openWasmStore(
  options: WasmStoreOptions & { readonly persistence: "memory" },
): Promise<MemoryWasmStore>;
/**
 * Opens a queue of this origin, which outlives the page and is shared by all pages that open it under the same name; or,
 * where there is no IndexedDB, one in memory.
 */
export function openWasmStore(options?: WasmStoreOptions): Promise<WasmStore | MemoryWasmStore>;
export async function openWasmStore(
  options: WasmStoreOptions = {},
): Promise<WasmStore | MemoryWasmStore> {
  const settings = resolveOptions(options);
  const module = await loadWasm(settings.wasm);
  if (settings.persistence === "memory") {
    const { openInMemory } = await import("./open-in-memory.ts");
    return openInMemory(await startSqlJs(module), settings.image, settings);
  }
  // Without workers, as in a service worker, it is held in this thread.
  if (settings.persistence === "indexeddb" && typeof Worker !== "undefined")
    return new WasmStore(await openTab(module, settings));
  return new WasmStore(await openHere(module, settings));
}

type Settings = ReturnType<typeof resolveOptions>;

async function openTab(module: WebAssembly.Module, settings: Settings): Promise<TabLine> {
  const { queue, table, random, worker } = settings;
  const line = await TabLine.open({
    module,
    name: queue,
    table,
    random,
    startWorker: () => startTabWorker(worker),
  });
  if (!line.isShared) warnOfSingleTab(queue);
  return line;
}

function warnOfSingleTab(name: string): void {
  console.warn(
    `turno: only one tab at a time can use the queue "${name}", the one that opened it last: there are no Web Locks, ` +
      "because this page did not come by https or from localhost; serve it so, and its tabs share the queue",
  );
}

async function openHere(module: WebAssembly.Module, settings: Settings) {
  const { DirectLine } = await import("./direct-line.ts");
  return DirectLine.open({
    sqlJs: await startSqlJs(module),
    table: settings.table,
    random: settings.random,
    ...(await persistenceOf(settings)),
  });
}

async function persistenceOf({ persistence, queue }: Settings) {
  if (persistence !== "indexeddb")
    return { persistence: persistence as Persistence, mode: "custom" as const };
  const { IndexedDb } = await import("./persistence/indexed-db.ts");
  return { persistence: new IndexedDb(`turno-${queue}`), mode: "indexeddb" as const };
}
