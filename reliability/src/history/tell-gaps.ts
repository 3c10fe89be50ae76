import type { HistoryFile } from "./history-file.ts";

const LOOK_EVERY_MS = 10;

/** Shorter ones are garbage collections, and what the machine does for others. */
const SHORTEST_MS = 40;

/** Writes down whenever this process's event loop has stood still for a while, until the answer is called. */
export function tellGaps(history: HistoryFile): () => void {
  let lookedAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const ms = now - lookedAt - LOOK_EVERY_MS;
    lookedAt = now;
    if (ms >= SHORTEST_MS) history.write({ kind: "gap", ms: Math.round(ms) });
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
