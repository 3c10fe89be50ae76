// Works until it is asked to stop (SIGTERM), or is ended; its argument is WorkerOptions. Handlers do as payloads say.
import type { ClaimedJob, SomeHandlers } from "@turno/core";
import { HistoryFile } from "../history/history-file.ts";
import { tellGaps } from "../history/tell-gaps.ts";
import { handlerOf } from "./handler-of.ts";
import { JOB_TYPES, type Jobs } from "./jobs.ts";
import { livesWithParent, tellReady } from "./lives-with-parent.ts";
import { openQueue } from "./open-queue.ts";
import type { WorkerOptions } from "./options.ts";
import { tellEvents } from "./tell-events.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as WorkerOptions;
const history = new HistoryFile(options.folder, options.name);
const queue = await openQueue(options, options.retentionMs);
const types = options.types ?? JOB_TYPES;
const { concurrency = 10, leaseMs = 30_000, pollMs = 100, graceMs, abortMs } = options;

const handle = handlerOf(options, history, queue);
const handlers: SomeHandlers<Jobs> = Object.fromEntries(
  types.map((type) => [type, (job: ClaimedJob<Jobs>) => handle(job)]),
);
const works = { kind: "works", types, leaseMs, concurrency } as const;
history.write(works);
const worker = queue.work(handlers, { concurrency, leaseMs, pollMs, graceMs, abortMs });
tellEvents(worker, history);
process.once("SIGTERM", () => void worker.stop());
if (options.tellsGaps === true) tellGaps(history);
livesWithParent();
tellReady();

await worker.stopped;
await queue.close();
