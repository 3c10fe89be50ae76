import type { SqlJsStatic } from "sql.js";
import { checkInterface } from "./check-interface.ts";
import { notLoaded } from "./not-loaded.ts";
import { withLocation } from "./with-location.ts";

/** sql.js's glue after its one start, waiting for an instance of the wasm. */
interface Waiting {
  readonly imports: WebAssembly.Imports;
  readonly receive: (instance: WebAssembly.Instance) => void;
  readonly ready: Promise<SqlJsStatic>;
}

let waiting: Promise<Waiting> | undefined;
let started: Promise<SqlJsStatic> | undefined;

/** sql.js on this wasm, which is `sqljs.wasm` of this package. There is one instance; after a failure it can be asked for again. */
export function startSqlJs(module: WebAssembly.Module): Promise<SqlJsStatic> {
  started ??= start(module).catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  return started;
}

async function start(module: WebAssembly.Module): Promise<SqlJsStatic> {
  // The glue is left waiting by a wasm that does not fit, and by nothing else.
  checkInterface(module, "the module");
  waiting ??= startGlue().catch((error: unknown) => {
    waiting = undefined;
    throw error;
  });
  const { imports, receive, ready } = await waiting;
  try {
    receive(await WebAssembly.instantiate(module, imports));
    return await ready;
  } catch (cause) {
    throw notLoaded("SQLite does not start", "free some memory, and try again", { cause });
  }
}

/**
 * The glue keeps the promise of its first start for ever, also when it fails, and never settles it when `instantiateWasm`
 * throws. So it is started once, and what it waits for is kept: an instance can be made again until one comes to be.
 */
async function startGlue(): Promise<Waiting> {
  const initSqlJs = await loadGlue();
  const { promise, resolve } = Promise.withResolvers<Omit<Waiting, "ready">>();
  const ready = withLocation(() =>
    initSqlJs({
      // SQLite's own functions, where old ones of sql.js have the same name.
      useOldExtensionFunctions: false,
      instantiateWasm(imports, receive) {
        resolve({ imports, receive });
      },
    }),
  );
  // It may fail before anybody waits for it.
  ready.catch(() => {});
  return { ...(await Promise.race([promise, ready.then(neverWithoutWasm)])), ready };
}

/** Loaded on demand: who only imports this package does not need it yet, and a page with a worker never. */
async function loadGlue() {
  try {
    return (await import("./sql-js-glue.ts")).initSqlJs;
  } catch (cause) {
    const cure = "try again when the network is back";
    throw notLoaded("the code of sql.js cannot be loaded", cure, { cause, transient: true });
  }
}

function neverWithoutWasm(): never {
  throw new Error("sql.js was ready before it had its wasm");
}
