import {
  type Committed,
  decodeJobId,
  enqueued,
  type Job,
  type RunningJob,
  type Write,
} from "@turno/core";

/** What has been written, in the order in which the store did it, and what of it breaks a promise. */
export class History {
  readonly broken: string[] = [];
  readonly log: string[] = [];
  readonly #of = new Map<number, Job[]>();
  readonly #submitted = new WeakSet<Job>();
  readonly #used = new Set<RunningJob>();

  note(line: string): void {
    this.log.push(line);
  }

  accuse(line: string): void {
    this.note(`!! ${line}`);
    this.broken.push(line);
  }

  wrote({ replace = [], add = [] }: Write, { replaced, added, claimed }: Committed): void {
    for (const [index, job] of replace.entries()) {
      if (this.#submitted.has(job)) this.accuse(`${shown(job)} is written twice`);
      this.#submitted.add(job);
      if (replaced[index] === "written") this.#write(structuredClone(job));
      else this.note(`  ${shown(job)}: ${JSON.stringify(replaced[index])}`);
    }
    for (const [index, job] of add.entries()) {
      const given = added[index];
      if (given?.added !== true) continue;
      this.#write(enqueued(structuredClone(job), decodeJobId(given.id)?.seq ?? 0, given.id));
    }
    for (const job of claimed) this.#write(structuredClone(job));
  }

  /** A job's records, the oldest first. */
  of(id: string): readonly Job[] {
    return this.#of.get(decodeJobId(id)?.seq ?? 0) ?? [];
  }

  /** What became of a job that was claimed; undefined while it is held. */
  after(claim: Job): Job | undefined {
    return this.of(claim.id).find(({ revision }) => revision === claim.revision + 1);
  }

  has(job: Pick<Job, "id" | "revision" | "state">): boolean {
    return this.of(job.id).some(
      ({ revision, state }) => revision === job.revision && state === job.state,
    );
  }

  /** The latest claim that gave this job; each is given away once. */
  take(job: { id: string; attempt: number; claimedAt: number }): RunningJob | undefined {
    const claim = this.of(job.id).findLast(
      (record): record is RunningJob =>
        record.state === "running" &&
        record.attempt === job.attempt &&
        record.claimedAt === job.claimedAt &&
        !this.#used.has(record),
    );
    if (claim !== undefined) this.#used.add(claim);
    return claim;
  }

  /** How often a job came to be like this. */
  count(id: string, is: (job: Job, before: Job | undefined) => boolean): number {
    const records = this.of(id);
    return records.filter((job, index) => is(job, records[index - 1])).length;
  }

  #write(job: Job): void {
    this.note(`  ${shown(job)}`);
    const records = this.#of.get(job.seq) ?? [];
    const before = records.at(-1);
    this.#of.set(job.seq, [...records, job]);
    if (job.revision !== (before?.revision ?? 0) + 1) this.accuse(`${shown(job)} skips a revision`);
    if (job.payload !== (before ?? job).payload) this.accuse(`${shown(job)}: its payload changed`);
    if (job.attempt > job.maxAttempts) this.accuse(`${shown(job)} has too many attempts`);
    if (before?.state === "running" && isChargedForNothing(job, before))
      this.accuse(`${shown(job)} was put back, but not uncharged`);
    if (job.state === "dead" && !mayDie(job)) this.accuse(`${shown(job)} died too early`);
  }
}

/** A job in a few words. */
export function shown(job: Job): string {
  const { seq, type, revision, state, attempt, maxAttempts, failures } = job;
  const how = state === "running" ? ` by ${job.worker}` : "";
  const failure = failures.at(-1)?.kind ?? "no failure";
  return `job ${seq} (${type}) r${revision} ${state}${how}, attempt ${attempt}/${maxAttempts}, ${failure}`;
}

/** Whether it is a retry that has made `job` of the job that was `before`. */
export function isRetry(job: Job, before: Job | undefined): boolean {
  const isWaiting = job.state === "pending" || job.state === "failed";
  return isWaiting && before !== undefined && before.state !== "running";
}

function mayDie({ attempt, maxAttempts, failures }: Job): boolean {
  const { kind, name } = failures.at(-1) ?? {};
  return (
    attempt >= maxAttempts || kind === "result" || name === "Fatal" || name === "SchemaRefused"
  );
}

function isChargedForNothing(job: Job, before: RunningJob): boolean {
  const isWaiting = job.state === "pending" || job.state === "failed";
  const hasFailed = JSON.stringify(job.failures) !== JSON.stringify(before.failures);
  return isWaiting && !hasFailed && job.attempt !== before.attempt - 1;
}
