import { Fatal, Snooze } from "@turno/core";
import type { Happening } from "../history/event.ts";
import type { Requests } from "./requests.ts";
import type { Run } from "./run.ts";
import type { Act } from "./script.ts";
import type { Situation } from "./situations.ts";

/** What a handler can do in its process. */
export interface Surroundings {
  readonly requests: Requests;
  readonly crash: (how: Situation) => void;
  note(happening: Happening): void;
  accuse(promise: string, what: string): void;
  /** Holds up the event loop. */
  keepBusy(ms: number): void;
}

/** A handler that waits to be aborted waits no longer. */
const LONGEST_HANG_MS = 4_000;

/** Does what the job's plan says for this run; gives what the handler gives. */
export async function act(run: Run, what: Act, program: Surroundings): Promise<{ run: string }> {
  const { process, job, name } = run;
  switch (what.act) {
    case "work":
      if (what.notes) tell(run, what.ms);
      await process.after(what.ms);
      break;
    case "throw":
      await process.after(what.ms);
      throw new Error("thrown");
    case "fatal":
      throw new Fatal("fatal");
    case "snooze":
      throw new Snooze({ delayMs: what.ms });
    case "hang":
      await Promise.race([aborted(run, program), process.after(LONGEST_HANG_MS)]);
      if (job.signal.aborted) throw new Error("aborted");
      if (job.timeoutMs !== undefined) program.accuse("a handler over its time is told", name);
      break;
    case "ignore":
      await process.after(what.ms);
      break;
    case "block":
      program.note({ kind: "block", run: name, ms: what.ms });
      program.keepBusy(what.ms);
      await process.after(0);
      break;
    case "crash":
      program.note({ kind: "die", run: name });
      program.crash("a handler crashed its process");
      await new Promise<never>(() => {});
      break;
    case "enqueue":
      program.requests.enqueue([CHILD]);
      program.requests.change("cancel", 7);
      await process.after(1);
      break;
  }
  return { run: name };
}

const CHILD = { type: "plain", priority: 1, delayMs: 0, maxAttempts: 3, plan: [] } as const;

function tell({ job }: Run, ms: number): void {
  job.progress({ ms });
  job.log(`works for ${ms} ms`);
}

function aborted({ job, name }: Run, program: Surroundings): Promise<void> {
  return new Promise((resolve) => {
    job.signal.addEventListener("abort", () => {
      const reason = (job.signal.reason as { code?: string }).code ?? "unknown";
      program.note({ kind: "abort", run: name, reason });
      resolve();
    });
  });
}
