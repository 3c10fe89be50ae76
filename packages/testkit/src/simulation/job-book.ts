import {
  decodeJobId,
  isFinishedState,
  type Job,
  type RunningJob,
  type WaitingJob,
} from "@turno/core";
import { holds } from "../model/model.ts";
import type { Process } from "./process.ts";

interface Claim {
  readonly job: RunningJob;
  readonly by: Process;
  isStarted: boolean;
}

/** Every job as it is, and what is remembered of what it was. */
export class JobBook {
  readonly jobs = new Map<number, Job>();
  readonly waiting = new Map<number, WaitingJob>();
  /** Of each job all records there ever were, by their revision. */
  readonly #records = new Map<number, Job[]>();
  readonly #writers = new WeakMap<Job, Process>();
  readonly #claims = new Map<number, Claim[]>();
  readonly #holders = new Map<string, number>();
  #unfinished = 0;

  /** How many jobs have not come to their end. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** The job with this id, if it has not been pruned. */
  get(id: string): Job | undefined {
    return this.jobs.get(seqOf(id));
  }

  /** The payload of the job that has, or had, this id. */
  payloadOf(id: string): string | undefined {
    return this.record(id, 1)?.payload;
  }

  /** What the job was at this revision; undefined where it has not been so far. */
  record(id: string, revision: number): Job | undefined {
    return this.#records.get(seqOf(id))?.[revision - 1];
  }

  wasEver(id: string, state: Job["state"]): boolean {
    return this.#records.get(seqOf(id))?.some((job) => job.state === state) ?? false;
  }

  /** The row number of the job that holds this one's key, or would. */
  holderOf(job: Pick<Job, "type" | "uniqueKey">): number | undefined {
    return job.uniqueKey === undefined ? undefined : this.#holders.get(keyOf(job));
  }

  /** Whether the process has written this record. */
  isBy(process: Process, record: Job): boolean {
    return this.#writers.get(record) === process;
  }

  /** A record of the job that is new: one revision on. */
  keep(job: Job, by: Process): void {
    this.#writers.set(job, by);
    const records = this.#records.get(job.seq);
    if (records === undefined) this.#records.set(job.seq, [job]);
    else records[job.revision - 1] = job;
    this.put(job);
  }

  /** The same record, but for its readiness. */
  put(job: Job): void {
    const before = this.jobs.get(job.seq);
    if (before !== undefined) this.drop(before);
    this.jobs.set(job.seq, job);
    if (!isFinishedState(job.state)) this.#unfinished++;
    if ("ready" in job) this.waiting.set(job.seq, job);
    if (job.uniqueKey !== undefined && holds(job)) this.#holders.set(keyOf(job), job.seq);
  }

  drop(job: Job): void {
    this.jobs.delete(job.seq);
    this.waiting.delete(job.seq);
    if (!isFinishedState(job.state)) this.#unfinished--;
    // Its key may have been given to another before it was known to be gone.
    if (job.uniqueKey !== undefined && this.#holders.get(keyOf(job)) === job.seq)
      this.#holders.delete(keyOf(job));
  }

  claimed(job: RunningJob, by: Process): void {
    const claims = this.#claims.get(job.seq);
    const claim = { job, by, isStarted: false };
    if (claims === undefined) this.#claims.set(job.seq, [claim]);
    else claims.push(claim);
  }

  /** The claim behind a handler that starts; each starts one at the most. */
  take(id: string, attempt: number, claimedAt: number): RunningJob | undefined {
    const claim = this.#claims
      .get(seqOf(id))
      ?.find(
        ({ job, isStarted }) =>
          !isStarted && job.attempt === attempt && job.claimedAt === claimedAt,
      );
    if (claim === undefined) return undefined;
    claim.isStarted = true;
    return claim.job;
  }

  /** The claim of a process that has claimed the job once; undefined where it has not, or more often. */
  onlyClaimOf(process: Process, id: string): RunningJob | undefined {
    const claims = this.#claims.get(seqOf(id))?.filter(({ by }) => by === process) ?? [];
    return claims.length === 1 ? claims[0]?.job : undefined;
  }
}

export function seqOf(id: string): number {
  return decodeJobId(id)?.seq ?? 0;
}

/** What tells one record from another. */
export function short(job: Job | undefined): object | undefined {
  if (job === undefined) return undefined;
  const { seq, state, attempt, revision } = job;
  return { seq, state, attempt, revision, ...("worker" in job && { worker: job.worker }) };
}

function keyOf({ type, uniqueKey }: Pick<Job, "type" | "uniqueKey">): string {
  return `${type} ${uniqueKey}`;
}
