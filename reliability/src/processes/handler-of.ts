import { setTimeout as sleep } from "node:timers/promises";
import { type ClaimedJob, Fatal, type Settled, Snooze } from "@turno/core";
import type { HistoryFile } from "../history/history-file.ts";
import { deals } from "./deals.ts";
import { endProcess } from "./end-process.ts";
import type { Jobs } from "./jobs.ts";
import type { ReliabilityQueue } from "./open-queue.ts";
import type { WorkerOptions } from "./options.ts";

type Job = ClaimedJob<Jobs>;
type Result = { readonly run: string };

const SNOOZE_MS = 50;

/** A handler that does as the payload says, and writes it down. */
export function handlerOf(
  options: WorkerOptions,
  history: HistoryFile,
  queue: ReliabilityQueue,
): (job: Job) => Promise<Result | Settled> {
  const complete = deals(options, queue);
  let runs = 0;
  return async (job) => {
    const run = `${options.name}-${++runs}`;
    const { id, type, attempt } = job;
    history.write({ kind: "start", run, id, type, attempt, payload: JSON.stringify(job.payload) });
    listen(job, run, history);
    try {
      await behave(job, run, history);
      const result = job.type === "deal" ? await complete(job, run) : { run };
      history.write({ kind: "end", run, how: "returned" });
      return result;
    } catch (error) {
      history.write({ kind: "end", run, how: howOf(error) });
      throw error;
    }
  };
}

function listen({ signal }: Job, run: string, history: HistoryFile): void {
  const onAbort = () => {
    const { reason } = signal;
    history.write({ kind: "abort", run, reason: String(reason?.code ?? reason) });
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
}

async function behave(job: Job, run: string, history: HistoryFile): Promise<void> {
  const { ms = 0, blockMs = 0, ends = "return", upTo = Infinity, heedless } = job.payload.does;
  const signal = heedless === true ? undefined : job.signal;
  if (ms > 0) await sleep(ms, undefined, { signal });
  if (blockMs > 0) {
    history.write({ kind: "block", run, ms: blockMs });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
  }
  if (job.attempt > upTo) return;
  switch (ends) {
    case "return":
      return;
    case "throw":
      throw new Error("as the payload says");
    case "fatal":
      throw new Fatal("as the payload says");
    case "snooze":
      // A snoozed job is due later than it was made.
      if (job.runAt === job.createdAt) throw new Snooze({ delayMs: SNOOZE_MS });
      return;
    case "hang":
      // It must not keep a process that has stopped.
      for (;;) await sleep(60_000, undefined, { signal, ref: false });
    case "kill":
    case "exit":
    case "exhaust":
      history.write({ kind: "die", run });
      return endProcess(ends);
  }
}

function howOf(error: unknown): "threw" | "fatal" | "snoozed" {
  if (error instanceof Fatal) return "fatal";
  return error instanceof Snooze ? "snoozed" : "threw";
}
