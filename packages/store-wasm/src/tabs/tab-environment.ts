import { type Clock, systemClock } from "@turno/core";
import type { SqlJsStatic } from "sql.js";
import { IndexedDb } from "../persistence/indexed-db.ts";
import type { Persistence } from "../persistence/persistence.ts";
import { newId } from "./new-id.ts";

/** What a tab uses of its platform. */
export interface TabEnvironment {
  readonly sqlJs: SqlJsStatic;
  /** Where the queue of this name is kept. */
  readonly persistence: (name: string) => Persistence;
  /** Undefined where there are none, as on a page that came by plain http. */
  readonly locks: LockManager | undefined;
  readonly channel: (name: string) => BroadcastChannel;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** That of the browser. */
export function browserEnvironment(sqlJs: SqlJsStatic): TabEnvironment {
  return {
    sqlJs,
    persistence: (name) => new IndexedDb(`turno-${name}`),
    // Absent where the context is not secure, whatever its type says.
    locks: (navigator as Partial<Navigator>).locks,
    channel: (name) => new BroadcastChannel(name),
    clock: systemClock,
    newId,
  };
}
