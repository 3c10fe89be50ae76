// Races others for unique keys until it is asked to stop (SIGTERM); its argument is RacerOptions.
import { setTimeout as sleep } from "node:timers/promises";
import { HistoryFile } from "../history/history-file.ts";
import { randomFrom } from "../random-from.ts";
import { Calls } from "./calls.ts";
import { livesWithParent, tellReady } from "./lives-with-parent.ts";
import { mixOf, type Wanted } from "./mix-of.ts";
import { openQueue } from "./open-queue.ts";
import type { RacerOptions } from "./options.ts";

/** So many jobs that it has heard of it keeps in mind: most are finished, some hold a key. */
const MEMORY = 10;
const CALLS_AT_ONCE = 4;

const options = JSON.parse(process.argv[2] ?? "{}") as RacerOptions;
const random = randomFrom(options.seed);
const queue = await openQueue(options, 0);
const calls = new Calls(queue, new HistoryFile(options.folder, options.name), options.name);
const nextJob = mixOf(options, random);
const known: string[] = [];
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
livesWithParent();
tellReady();

while (!stop.signal.aborted) {
  if (calls.underWay < CALLS_AT_ONCE) void callOnce();
  await sleep((random() * 2_000) / options.perSecond, undefined, { signal: stop.signal }).catch(
    () => {},
  );
}
await calls.settled();
await queue.close();

function callOnce(): Promise<void> {
  const which = random();
  if (which < 0.45) return enqueue([nextJob()]);
  if (which < 0.6) return enqueue(withTheSameKey());
  if (which < 0.8) return calls.retry(anyKnown());
  if (which < 0.985) return calls.cancel(anyKnown());
  return calls.prune();
}

async function enqueue(items: readonly Wanted[]): Promise<void> {
  for (const { id } of await calls.enqueueTold(items)) known.push(id);
  known.splice(0, known.length - MEMORY);
}

/** Some jobs, the first and the last of which want the same key. */
function withTheSameKey(): readonly Wanted[] {
  const first = nextJob();
  const others = Array.from({ length: Math.floor(random() * 4) }, nextJob);
  const last: Wanted = { ...nextJob(), type: first.type, uniqueKey: first.uniqueKey };
  return [first, ...others, last];
}

function anyKnown(): string | undefined {
  return known[Math.floor(random() * known.length)];
}
