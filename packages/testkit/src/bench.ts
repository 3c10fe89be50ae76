import {
  type Added,
  type ClaimRequest,
  type Committed,
  decodeJobId,
  type Job,
  type JobState,
  type NewJob,
  type RunningJob,
  type Store,
  type WorkerId,
} from "@turno/core";

/** The instant at which every example begins. */
export const START = 1_800_000_000_000;

/** A store with the few moves that examples are made of. */
export class Bench<S extends Store = Store> {
  now = START;
  readonly store: S;

  constructor(store: S) {
    this.store = store;
  }

  /** Adds jobs, each a plain one but for what is given. Answers with their row numbers. */
  async add(...wishes: readonly Partial<NewJob>[]): Promise<number[]> {
    const { added } = await this.store.commit({
      now: this.now,
      add: wishes.map((wish) => this.newJob(wish)),
    });
    return added.map(seqOf);
  }

  newJob(wish: Partial<NewJob> = {}): NewJob {
    const runAt = wish.runAt ?? this.now;
    return {
      type: "mail",
      payload: "null",
      priority: 0,
      runAt,
      ready: runAt <= this.now,
      maxAttempts: 25,
      timeoutMs: undefined,
      backoff: undefined,
      uniqueKey: undefined,
      uniqueUntil: "finished",
      createdAt: this.now,
      ...wish,
    };
  }

  async join(leaseMs = 30_000): Promise<WorkerId> {
    return await this.store.join({ leaseMs });
  }

  /** Claims up to 10 jobs of any type, but for what is given. */
  async claim(
    worker: WorkerId,
    request: Partial<ClaimRequest> = {},
  ): Promise<readonly RunningJob[]> {
    const claim = { worker, limit: 10, ...request };
    return (await this.store.commit({ now: this.now, claim })).claimed;
  }

  /** The row numbers of what a claim starts. */
  async claimedSeqs(worker: WorkerId, request: Partial<ClaimRequest> = {}): Promise<number[]> {
    return (await this.claim(worker, request)).map(({ seq }) => seq);
  }

  /** Adds a plain job, but for what is given, and hands it to a worker. */
  async running(worker: WorkerId, wish: Partial<NewJob> = {}): Promise<RunningJob> {
    const [seq] = await this.add({ type: "held", ...wish });
    const claimed = await this.claim(worker, { types: [wish.type ?? "held"], limit: 1 });
    const [job] = claimed;
    if (job === undefined || job.seq !== seq) {
      throw new Error(`the only ready job of its type, ${seq}, was not claimed`);
    }
    return job;
  }

  async replace(...jobs: readonly Job[]): Promise<Committed["replaced"]> {
    return (await this.store.commit({ now: this.now, replace: jobs })).replaced;
  }

  async find(seq: number): Promise<Job> {
    const [job] = await this.store.get([seq]);
    if (job === undefined) throw new Error(`there is no job ${seq}`);
    return job;
  }

  async stateOf(seq: number): Promise<JobState | undefined> {
    return (await this.store.get([seq]))[0]?.state;
  }

  /** Every job, the newest first. */
  async all(): Promise<readonly Job[]> {
    return await this.store.list({ limit: 100_000 });
  }
}

/** The row number in the id that an add answered with. */
export function seqOf({ id }: Pick<Added, "id">): number {
  const parts = decodeJobId(id);
  if (parts === undefined) throw new Error(`${JSON.stringify(id)} is not the id of a job`);
  return parts.seq;
}
