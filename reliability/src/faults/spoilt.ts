import type { SqliteNodeStore } from "@turno/store-node";
import { acknowledgingEarly } from "./acknowledging-early.ts";
import type { FaultName } from "./fault.ts";
import { withoutBeat } from "./without-beat.ts";
import { withoutCharge } from "./without-charge.ts";
import { withoutFence } from "./without-fence.ts";

/** The store with a fault, or as it is where none is wanted. `path` is its database. */
export function spoilt(store: SqliteNodeStore, path: string, fault: FaultName | undefined) {
  switch (fault) {
    case undefined:
      return store;
    case "early acknowledgement":
      return acknowledgingEarly(store, path);
    case "no fence":
      return withoutFence(store);
    case "uncounted attempts":
      return withoutCharge(store);
    case "no beat":
      return withoutBeat(store);
    case "sent again":
    case "lost for refused":
      throw new TypeError(`a store on a file cannot have the fault "${fault}"`);
  }
}
