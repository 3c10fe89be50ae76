import { checkOptionNames, shown } from "@turno/core";
import { type SqliteStoreOptions, tableNames } from "@turno/store-sqlite";
import type { WasmSource } from "./loading/load-wasm.ts";
import type { PageWorker } from "./platform.ts";
import type { Persistence } from "./persistence/persistence.ts";

export interface WasmStoreOptions extends SqliteStoreOptions {
  /**
   * Where the jobs outlive the page: `indexeddb`, the default where there is IndexedDB; `memory`, nowhere, the default
   * elsewhere; or a `Persistence` of yours, which this thread then holds alone.
   */
  readonly persistence?: "indexeddb" | "memory" | Persistence | undefined;
  /** The queue's name among those of its origin: pages that give the same share a queue. Default: `turno`. */
  readonly name?: string | undefined;
  /** In memory only: the bytes of an SQLite file to start from, which are copied. Default: an empty database. */
  readonly image?: Uint8Array | undefined;
  /** Where to get sql.js's wasm. Default: from this package, wherever it is served. */
  readonly wasm?: WasmSource | undefined;
  /** Gives a worker that runs `@turno/store-wasm/worker`. Default: from this package, wherever it is served. */
  readonly worker?: (() => PageWorker) | undefined;
}

const NAMES = new Set(["persistence", "name", "image", "wasm", "worker", "table", "random"]);

const TABLE = "turno_";

/**
 * Checks the options and fills in the defaults. `queue` is the name by which pages meet: those that give tables other
 * names have other ones, since a tab that leads knows those of its own page alone.
 */
export function resolveOptions(given: WasmStoreOptions) {
  const options = checkOptionNames(given, NAMES);
  const {
    persistence = defaultPersistence(),
    name = "turno",
    image,
    random = Math.random,
  } = options;
  checkPersistence(persistence);
  if (typeof name !== "string" || !/^[\w.-]{1,64}$/.test(name)) {
    throw new TypeError(
      'name must be 1 to 64 letters, digits, dots, hyphens and underscores, such as "photos", but is ' +
        shown(name),
    );
  }
  if (image !== undefined && persistence !== "memory")
    throw new TypeError(
      'image goes with persistence: "memory" only, since elsewhere the jobs are in what is stored',
    );
  const { prefix: table } = tableNames(options.table ?? TABLE);
  return {
    persistence,
    queue: table === TABLE ? name : `${name}/${table}`,
    image,
    table,
    random,
    wasm: options.wasm,
    worker: options.worker,
  };
}

function defaultPersistence(): "indexeddb" | "memory" {
  return typeof indexedDB === "undefined" ? "memory" : "indexeddb";
}

const METHODS = ["open", "load", "append", "snapshot", "confirm", "close"] as const;

function checkPersistence(persistence: unknown): void {
  if (persistence === "memory") return;
  if (persistence === "indexeddb") {
    if (typeof indexedDB !== "undefined") return;
    throw new TypeError(
      'there is no IndexedDB here; choose persistence: "memory", or a Persistence of yours',
    );
  }
  if (isPort(persistence)) return;
  throw new TypeError(
    `persistence must be "indexeddb", "memory" or an object with the methods ${METHODS.join(", ")}, but is ${shown(persistence)}`,
  );
}

function isPort(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  try {
    return METHODS.every((method) => typeof Reflect.get(value, method) === "function");
  } catch {
    return false;
  }
}
