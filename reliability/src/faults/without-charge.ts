import type { Job } from "@turno/core";
import type { SqliteNodeStore } from "@turno/store-node";
import { overridden } from "./overridden.ts";

/** A store that gives the attempt back where a worker was lost: a job that kills its process then never dies. */
export function withoutCharge(store: SqliteNodeStore): SqliteNodeStore {
  return overridden(store, {
    commit: (write) => store.commit({ ...write, replace: write.replace?.map(uncharged) }),
  });
}

function uncharged(job: Job): Job {
  if (job.state === "running" || job.failures.at(-1)?.kind !== "abandoned") return job;
  if (job.state !== "failed" && job.state !== "dead") return job;
  const attempt = job.attempt - 1;
  if (job.state === "failed") return { ...job, attempt };
  const { finishedAt, ...rest } = job;
  return { ...rest, state: "failed", attempt, runAt: finishedAt, ready: true };
}
