// Deletes what is finished every so often until it is asked to stop (SIGTERM); its argument is PrunerOptions.
import { setTimeout as sleep } from "node:timers/promises";
import { livesWithParent, tellReady } from "./lives-with-parent.ts";
import { openQueue } from "./open-queue.ts";
import type { PrunerOptions } from "./options.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as PrunerOptions;
const queue = await openQueue(options, 0);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
livesWithParent();
tellReady();

while (!stop.signal.aborted) {
  await queue.prune();
  await sleep(options.everyMs, undefined, { signal: stop.signal }).catch(() => {});
}
await queue.close();
