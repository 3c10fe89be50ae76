import { checkOptionNames, shown } from "@turno/core";
import { type SqliteStoreOptions, tableNames } from "@turno/store-sqlite";
import { DurableObjectStore } from "./durable-object-store.ts";
import { objectPort } from "./object-port.ts";
import type { ObjectStorage } from "./object-storage.ts";

const NAMES = new Set(["table", "random"]);

/**
 * Opens a queue in a Durable Object's storage, which must be kept in SQLite: `openDurableObjectStore(this.ctx.storage)`,
 * in the object's constructor. Workers of earlier instances of the object are given up, and the alarm is set if
 * something waits.
 */
export function openDurableObjectStore(
  storage: ObjectStorage,
  given: SqliteStoreOptions = {},
): DurableObjectStore {
  const options = checkOptionNames(given, NAMES);
  checkStorage(storage);
  tableNames(options.table ?? "turno_");
  if (options.random !== undefined && typeof options.random !== "function")
    throw new TypeError(`random must be a function, but is ${shown(options.random)}`);
  return new DurableObjectStore(objectPort(storage), storage, options);
}

function checkStorage(storage: unknown): void {
  try {
    const { setAlarm, transactionSync } = storage as ObjectStorage;
    if (typeof setAlarm === "function" && typeof transactionSync === "function") return;
  } catch {
    // It is none.
  }
  throw new TypeError(
    `openDurableObjectStore takes the storage of a Durable Object, this.ctx.storage, but got ${shown(storage)}`,
  );
}
