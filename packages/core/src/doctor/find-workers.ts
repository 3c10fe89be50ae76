import type { WorkerRecord } from "../job/given-up.ts";
import type { Finding, ReadyJobs } from "../store/examination.ts";
import { jobsText } from "./words.ts";

/** Who works, and whether somebody should. `orphans` is how many running jobs have no worker any more. */
export function findWorkers(
  workers: readonly WorkerRecord[],
  orphans: number,
  ready: readonly ReadyJobs[],
): Finding {
  const gone = workers.filter((worker) => worker.gone).length;
  const here = workers.length - gone;
  const waiting = ready.reduce((sum, { count }) => sum + count, 0);
  const facts = { workers: here, gone, orphans };
  const who = here === 1 ? "1 worker has joined" : `${here} workers have joined`;
  if (here > 0)
    return {
      about: "workers",
      level: "good",
      message: orphans + gone === 0 ? who : `${who}, and ${lostText(gone, orphans)}`,
      facts,
    };
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
  const ended = gone > 0 ? [`the processes of ${gone} more have ended`] : [];
  const held = orphans > 0 ? [`${jobsText(orphans)} lost their worker`] : [];
  return [...ended, ...held].join(", ");
}
