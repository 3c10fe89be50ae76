// Works on numbered jobs, counts them and looks at its own memory, and writes no history of them; its argument is
// CounterOptions. Needs --expose-gc.
import { appendFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { HistoryFile } from "../history/history-file.ts";
import { livesWithParent, tellReady } from "./lives-with-parent.ts";
import { openQueue } from "./open-queue.ts";
import { type CounterOptions, type Counted, SAMPLES, type Sample } from "./options.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as CounterOptions;
const { jobs, sampleEvery, path } = options;
const history = new HistoryFile(options.folder, options.name);
const queue = await openQueue(options);
/** How often each job was run. */
const times = new Uint8Array(jobs + 1);
let completed = 0;

history.write({ kind: "works", types: ["task"], leaseMs: 30_000 });
const worker = queue.work({
  task: ({ payload }) => {
    const n = Number(payload.n);
    times[n] = (times[n] ?? 0) + 1;
    return { run: options.name };
  },
});
worker.on("completed", () => {
  if (++completed % sampleEvery === 0) tell(sample());
});
worker.on("error", ({ error }) => history.write({ kind: "trouble", error: String(error) }));
worker.on("stopped", () => history.write({ kind: "stopped" }));
process.once("SIGTERM", () => void worker.stop());
livesWithParent();
tellReady();

await worker.stopped;
tell({ completed, once: times.filter((count) => count === 1).length });
await queue.close();

function sample(): Sample {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { completed, memory: heapUsed + external, rss, file: statSync(path).size };
}

function tell(line: Sample | Counted): void {
  appendFileSync(join(options.folder, options.name + SAMPLES), `${JSON.stringify(line)}\n`);
}
