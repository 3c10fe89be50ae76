import { wasDamaged } from "../job/damaged.ts";
import { holdsKey } from "../job/holds-key.ts";
import { isFinished, type Job } from "../job/job.ts";
import { encodeJobId } from "../job/job-id.ts";

/**
 * A job as it is taken over. A record that somebody has damaged is moved as what it is read as, which is a dead job in most
 * cases, and with the id that this has; when it is finished it gives up a key, which another may have by now.
 */
export function adoptedForm(job: Job, salt: number): Job {
  const id = encodeJobId({ createdAt: job.createdAt, salt, seq: job.seq });
  return wasDamaged(job) && isFinished(job) && holdsKey(job)
    ? { ...job, id, uniqueUntil: "finished" }
    : { ...job, id };
}
