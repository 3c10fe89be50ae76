import type { SqliteNodeStore } from "@turno/store-node";
import { overridden } from "./overridden.ts";

/** A store whose workers never beat and do not know it, so that others give them up while they work. */
export function withoutBeat(store: SqliteNodeStore): SqliteNodeStore {
  return overridden(store, {
    heart: (_worker, { everyMs, onReply }) => {
      const timer = setInterval(() => onReply({ known: true, holds: [] }), everyMs);
      return { silenceIn: () => {}, stop: () => clearInterval(timer) };
    },
  });
}
