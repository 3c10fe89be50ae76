import type { WorkerRecord } from "../job/given-up.ts";
import type { Job } from "../job/job.ts";
import type { Finding, ReadyJobs } from "../store/examination.ts";
import { jobsText } from "./words.ts";

/** Who works, and whether somebody should. `ready` is undefined where it could not be read. */
export function findWorkers(
  workers: readonly WorkerRecord[],
  running: readonly Job[],
  ready: readonly ReadyJobs[] | undefined,
): Finding {
  const gone = workers.filter((worker) => worker.gone).length;
  const living = new Set(workers.flatMap((worker) => (worker.gone ? [] : [worker.id])));
  const orphans = running.filter(
    (job) => job.state === "running" && !living.has(job.worker),
  ).length;
  const here = workers.length - gone;
  const facts = { workers: here, gone, orphans };
  const who = here === 1 ? "1 worker has joined" : `${here} workers have joined`;
  if (here > 0)
    return {
      about: "workers",
      level: "good",
      message: orphans + gone === 0 ? who : `${who}; ${lostText(gone, orphans)}`,
      facts,
    };
  if (ready === undefined)
    return {
      about: "workers",
      level: "warning",
      message: "nobody works, and whether jobs wait could not be read",
      facts,
    };
  const waiting = ready.reduce((sum, { count }) => sum + count, 0);
  if (waiting + orphans + gone === 0)
    return { about: "workers", level: "good", message: "nobody works, and nothing waits", facts };
  const waits = waiting > 0 ? `, while ${jobsText(waiting)} could run` : "";
  const lost = orphans + gone > 0 ? `; ${lostText(gone, orphans)}` : "";
  return {
    about: "workers",
    level: "warning",
    message: `nobody works${waits}${lost}`,
    remedy: "start a worker: it also puts back what lost ones have held",
    facts,
  };
}

function lostText(gone: number, orphans: number): string {
  const ended =
    gone === 1
      ? "the process of 1 worker has ended"
      : `the processes of ${gone} workers have ended`;
  const held = `${jobsText(orphans)} lost ${orphans === 1 ? "its" : "their"} worker`;
  return [...(gone > 0 ? [ended] : []), ...(orphans > 0 ? [held] : [])].join(", ");
}
