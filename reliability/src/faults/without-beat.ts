import type { SqliteNodeStore } from "@turno/store-node";
import { overridden } from "./overridden.ts";

/** A store whose workers never beat, so that others give them up while they work. */
export function withoutBeat(store: SqliteNodeStore): SqliteNodeStore {
  return overridden(store, { heart: () => ({ silenceIn: () => {}, stop: () => {} }) });
}
