// Enqueues by its plan until that is done, it is asked to stop (SIGTERM), or it is ended; its argument is ProducerOptions.
import { setTimeout as sleep } from "node:timers/promises";
import { HistoryFile } from "../history/history-file.ts";
import { tellGaps } from "../history/tell-gaps.ts";
import { randomFrom } from "../random-from.ts";
import { Calls } from "./calls.ts";
import { livesWithParent, tellReady } from "./lives-with-parent.ts";
import { mixOf } from "./mix-of.ts";
import { openQueue } from "./open-queue.ts";
import type { ProducerOptions } from "./options.ts";

const LOOK_EVERY_MS = 250;
const CALLS_AT_ONCE = 8;

const options = JSON.parse(process.argv[2] ?? "{}") as ProducerOptions;
const { perSecond, most = Infinity, backlog = 2_000, batch = 10, cancels = 0 } = options;
const random = randomFrom(options.seed);
const queue = await openQueue(options);
const history = new HistoryFile(options.folder, options.name);
const calls = new Calls(queue, history, options.name, options.sendsAgain);
const nextJob = mixOf(options, random);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
if (options.tellsGaps === true) tellGaps(history);
livesWithParent();
tellReady();

await produce();
await calls.settled();
await queue.close();

async function produce(): Promise<void> {
  const startedAt = performance.now();
  let restedMs = 0;
  let lookedAt = -Infinity;
  for (let count = 0; count < most && !stop.signal.aborted; ) {
    if (performance.now() - lookedAt > LOOK_EVERY_MS) {
      restedMs += await restWhileMuchWaits();
      lookedAt = performance.now();
    }
    const aheadMs = (count / perSecond) * 1_000 - (performance.now() - startedAt - restedMs);
    if (aheadMs > 0) await pause(Math.min(aheadMs, LOOK_EVERY_MS));
    else if (calls.underWay >= CALLS_AT_ONCE) await pause(5);
    else count += enqueueSome(most - count);
  }
}

function enqueueSome(most: number): number {
  const size = Math.min(most, 1 + Math.floor(random() * batch));
  const enqueued = calls.enqueue(Array.from({ length: size }, nextJob));
  if (random() < cancels) void enqueued.then((ids) => calls.cancel(ids[0]));
  return size;
}

/** Says for how long it rested. */
async function restWhileMuchWaits(): Promise<number> {
  const before = performance.now();
  for (;;) {
    const waiting = await countWaiting();
    if (waiting <= backlog || stop.signal.aborted) return performance.now() - before;
    await pause(50);
  }
}

async function countWaiting(): Promise<number> {
  try {
    const { pending, failed } = await queue.counts();
    return pending + failed;
  } catch (error) {
    // Its calls will be refused as well, or not.
    history.write({ kind: "trouble", error: String(error) });
    return 0;
  }
}

async function pause(ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: stop.signal }).catch(() => {});
}
