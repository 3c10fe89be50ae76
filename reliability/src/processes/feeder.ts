// Enqueues numbered jobs in bulk and writes no history of them; its argument is FeederOptions.
import { setTimeout as sleep } from "node:timers/promises";
import { livesWithParent, tellReady } from "./lives-with-parent.ts";
import { openQueue } from "./open-queue.ts";
import type { FeederOptions } from "./options.ts";

const BATCH = 500;

/** What makes a payload of about 100 bytes. */
const DIGITS = 80;

const options = JSON.parse(process.argv[2] ?? "{}") as FeederOptions;
const { jobs, backlog } = options;
const queue = await openQueue(options);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
livesWithParent();
tellReady();

for (let next = 1; next <= jobs && !stop.signal.aborted; ) {
  await restWhileMuchWaits();
  // In one go, since looking costs a reading of all that waits.
  for (let batch = 0; batch < backlog / BATCH && next <= jobs; batch++, next += BATCH)
    await queue.enqueueMany(numbered(next, Math.min(BATCH, jobs + 1 - next)));
}
await queue.close();

async function restWhileMuchWaits(): Promise<void> {
  while (!stop.signal.aborted) {
    const { pending } = await queue.counts();
    if (pending <= backlog) return;
    await sleep(10);
  }
}

function numbered(first: number, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    type: "task" as const,
    payload: { n: String(first + index).padStart(DIGITS, "0"), does: {} },
  }));
}
