import { checkOptionNames } from "@turno/core";
import type { SqliteStoreOptions } from "@turno/store-sqlite";
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
  options: SqliteStoreOptions = {},
): DurableObjectStore {
  checkOptionNames(options, NAMES);
  checkStorage(storage);
  return new DurableObjectStore(objectPort(storage), storage, options);
}

function checkStorage(storage: unknown): void {
  if (typeof storage !== "object" || storage === null || !("setAlarm" in storage)) {
    throw new TypeError(
      "openDurableObjectStore takes the storage of a Durable Object, this.ctx.storage, but got " +
        (storage === null ? "null" : typeof storage),
    );
  }
}
