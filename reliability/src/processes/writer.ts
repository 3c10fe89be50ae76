// Enqueues one job after the other, as fast as it can, until it has done its part or is asked to stop (SIGTERM); its
// argument is WriterOptions.
import { setImmediate as turn } from "node:timers/promises";
import { HistoryFile } from "../history/history-file.ts";
import { randomFrom } from "../random-from.ts";
import { Calls } from "./calls.ts";
import { livesWithParent, tellReady } from "./lives-with-parent.ts";
import { mixOf } from "./mix-of.ts";
import { openQueue } from "./open-queue.ts";
import type { WriterOptions } from "./options.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as WriterOptions;
const { most = Infinity } = options;
const queue = await openQueue(options);
const calls = new Calls(queue, new HistoryFile(options.folder, options.name), options.name);
const nextJob = mixOf(options, randomFrom(options.seed));
let isAsked = false;
process.once("SIGTERM", () => {
  isAsked = true;
});
livesWithParent();
tellReady();

for (let count = 0; count < most && !isAsked; count++) {
  await calls.enqueue([nextJob()]);
  // Signals are heard between turns.
  await turn();
}
await queue.close();
