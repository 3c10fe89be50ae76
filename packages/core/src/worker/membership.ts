import { wasDamaged } from "../job/damaged.ts";
import type { Job, RunningJob, WorkerId } from "../job/job.ts";
import { JobCancelled, LeaseLost } from "../job/outcome-error.ts";
import type { Patience } from "../store/patience.ts";
import type { BeatReply, Heart, Store } from "../store/store.ts";
import type { Clock } from "../time/clock.ts";
import { atMost } from "../time/at-most.ts";
import type { HeldJob } from "./held-job.ts";

interface MembershipOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly patience: Patience;
  readonly leaseMs: number;
  readonly onJoined: () => void;
  /** Whether a claim is under way: the store may have more for the worker than it knows. */
  readonly isClaiming: () => boolean;
  /** The worker holds the job for the store, and did not know: the answer to a claim was lost. */
  readonly onStray: (job: RunningJob) => void;
  /** The worker holds the job no longer, since it has become `stored`. */
  readonly onMovedOn: (held: HeldJob, stored: Job | undefined) => void;
  readonly onError: (error: unknown) => void;
}

/** Beats are three to a lease, so that two may be late. */
const BEATS_PER_LEASE = 3;
/** The next beat is due after a third of a lease; what comes a little late has been held up by chance. */
const LATE_BEAT = 7 / 12;
const REJOIN_MS = 1_000;
/** How long leaving may take; who does not manage it is given up by others. */
const LEAVE_MS = 1_500;

/** A worker's place in a store: its number, its beat, and the jobs it holds. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #held = new Set<HeldJob>();
  /** What the last beat told of that is not held: by row number the revision. */
  #strange: ReadonlyMap<number, number> = new Map();
  #isTaking = false;
  #worker: WorkerId | undefined;
  /** When it last heard that the store has a sign of life of it, on the monotonic clock. */
  #beatAt = Number.NEGATIVE_INFINITY;
  #joining: Promise<void> | undefined;
  #heart: Heart | undefined;
  /** On the monotonic clock. */
  #silentAt: number | undefined;
  #pause: { readonly timer: unknown; readonly end: () => void } | undefined;
  #ended = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Its number; undefined while it is no member. */
  get worker(): WorkerId | undefined {
    return this.#worker;
  }

  /** Whether its beats reach the store, as far as it has heard. */
  get isBeating(): boolean {
    const { clock, leaseMs } = this.#options;
    return clock.monotonic() - this.#beatAt < leaseMs * LATE_BEAT;
  }

  get held(): Iterable<HeldJob> {
    return this.#held;
  }

  holds(held: HeldJob): boolean {
    return this.#held.has(held);
  }

  hold(held: HeldJob): void {
    this.#held.add(held);
  }

  /** Says whether it held the job until now. */
  letGo(held: HeldJob): boolean {
    return this.#held.delete(held);
  }

  /** See `Heart.silenceIn`; holds also for the heart of the next number. */
  silenceIn(ms: number | undefined): void {
    this.#silentAt = ms === undefined ? undefined : this.#options.clock.monotonic() + ms;
    this.#heart?.silenceIn(ms);
  }

  /** Becomes a member, if it is none; goes on trying while the store has trouble, until it leaves. */
  async join(): Promise<void> {
    if (this.#worker !== undefined) return;
    this.#joining ??= this.#joinPatiently().finally(() => {
      this.#joining = undefined;
    });
    await this.#joining;
  }

  /** Its number `worker` was given up by somebody: joins anew, under another one. */
  async rejoin(worker: WorkerId): Promise<void> {
    if (this.#worker !== worker) return this.join();
    await this.#stopHeart();
    await this.join();
    await this.look([...this.#held]);
  }

  /** Stops beating and is forgotten by the store; what is still held is left to others. */
  async leave(): Promise<void> {
    this.#ended = true;
    this.#options.clock.clearTimeout(this.#pause?.timer);
    this.#pause?.end();
    await atMost(this.#options.clock, LEAVE_MS, this.#leave());
  }

  /** Looks what the store has of these jobs, and lets go of those that have moved on. */
  async look(jobs: readonly HeldJob[]): Promise<void> {
    const stored = await this.#read(jobs);
    for (const [index, held] of jobs.entries()) this.learn(held, stored[index]);
  }

  /** The same for a job whose settling was refused: one that has another revision is not held, be it a lower one. */
  async lookRefused(held: HeldJob): Promise<void> {
    const [stored] = await this.#read([held]);
    this.learn(held, stored);
    if (stored?.revision !== held.record.revision && this.letGo(held))
      this.#options.onMovedOn(held, stored);
  }

  /** Somebody has written the job; it may be one that is held. */
  notice(stored: Job): void {
    for (const held of Array.from(this.#held))
      if (held.record.seq === stored.seq) this.learn(held, stored);
  }

  /** Lets go of a job that has become `stored`, unless that is old news. */
  learn(held: HeldJob, stored: Job | undefined): void {
    if (held.isSettlingTo(stored)) return;
    const movedOn = stored === undefined || stored.revision > held.record.revision;
    if (movedOn && this.letGo(held)) this.#options.onMovedOn(held, stored);
  }

  async #read(jobs: readonly HeldJob[]): Promise<readonly (Job | undefined)[]> {
    if (jobs.length === 0) return [];
    const seqs = jobs.map(({ record }) => record.seq);
    return this.#options.patience.try(() => this.#options.store.get(seqs));
  }

  async #leave(): Promise<void> {
    await this.#joining;
    const worker = this.#worker;
    await this.#stopHeart();
    if (worker === undefined) return;
    await this.#options.patience.try(() => this.#options.store.leave(worker));
  }

  async #joinPatiently(): Promise<void> {
    const { store, patience, leaseMs, onError } = this.#options;
    while (!this.#ended) {
      try {
        const worker = await patience.try(() => store.join({ leaseMs }));
        this.#worker = worker;
        this.#beatAt = this.#options.clock.monotonic();
        this.#heart = this.#startHeart(worker);
        this.#options.onJoined();
        return;
      } catch (error) {
        onError(error);
        await this.#rest();
      }
    }
  }

  #rest(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((end) => {
      this.#pause = { timer: this.#options.clock.setTimeout(end, REJOIN_MS), end };
    });
  }

  #startHeart(worker: WorkerId): Heart {
    const { store, clock, leaseMs, onError } = this.#options;
    const onReply = (reply: BeatReply) => void this.#hear(worker, reply).catch(onError);
    const options = { everyMs: Math.ceil(leaseMs / BEATS_PER_LEASE), onReply, onError };
    const heart = store.heart?.(worker, options) ?? this.#beatByTimer(worker, options);
    if (this.#silentAt !== undefined) heart.silenceIn(this.#silentAt - clock.monotonic());
    return heart;
  }

  #beatByTimer(
    worker: WorkerId,
    { everyMs, onReply, onError }: Parameters<NonNullable<Store["heart"]>>[1],
  ): Heart {
    const { store, patience, clock } = this.#options;
    let stopped = false;
    const beat = async () => {
      try {
        const reply = await patience.try(() => store.beat(worker));
        if (!stopped) onReply(reply);
      } catch (error) {
        if (!stopped) onError(error);
      }
      if (!stopped) timer = clock.setTimeout(() => void beat(), everyMs);
    };
    let timer = clock.setTimeout(() => void beat(), everyMs);
    return {
      silenceIn: () => {},
      stop: () => {
        stopped = true;
        clock.clearTimeout(timer);
      },
    };
  }

  async #stopHeart(): Promise<void> {
    const heart = this.#heart;
    this.#heart = undefined;
    this.#worker = undefined;
    await heart?.stop();
  }

  async #hear(worker: WorkerId, { known, holds }: BeatReply): Promise<void> {
    if (worker !== this.#worker || this.#ended) return;
    if (!known) return this.rejoin(worker);
    this.#beatAt = this.#options.clock.monotonic();
    const revisions = new Map(holds.map(({ seq, revision }) => [seq, revision]));
    // A job that was claimed after the beat is missing from the reply too: so look before giving it up.
    await this.look(
      [...this.#held].filter(({ record }) => revisions.get(record.seq) !== record.revision),
    );
    for (const { record } of this.#held) revisions.delete(record.seq);
    await this.#takeStrays(worker, revisions);
  }

  /**
   * Takes in what two beats in a row tell of and this worker does not know. One beat proves nothing: its reply may be
   * older than a settling that it crossed.
   */
  async #takeStrays(worker: WorkerId, strange: ReadonlyMap<number, number>): Promise<void> {
    const { store, patience, isClaiming, onStray } = this.#options;
    const before = this.#strange;
    this.#strange = strange;
    const seqs = [...strange].flatMap(([seq, revision]) =>
      before.get(seq) === revision ? [seq] : [],
    );
    if (seqs.length === 0 || this.#isTaking) return;
    // One at a time: what this one takes in may be gone again before another has its answer.
    this.#isTaking = true;
    const stored = await Promise.resolve(patience.try(() => store.get(seqs))).finally(() => {
      this.#isTaking = false;
    });
    if (isClaiming() || this.#ended) return;
    // The answer to a claim may have come meanwhile.
    const held = new Set(Array.from(this.#held, ({ record }) => record.seq));
    for (const job of stored) {
      if (
        job?.state === "running" &&
        job.worker === worker &&
        // The revision of a damaged record may be no number that can be read.
        (job.revision === strange.get(job.seq) || wasDamaged(job)) &&
        !held.has(job.seq)
      )
        onStray(job);
    }
  }
}

/** Why a job that has become `stored` is not held any more. */
export function reasonForLoss({ record }: HeldJob, stored: Job | undefined): Error {
  if (stored?.state === "cancelled")
    return new JobCancelled(`job ${record.id} was cancelled while it ran; end its handler`);
  return new LeaseLost(
    `job ${record.id} is no longer held by worker ${record.worker}: it is ${stored?.state ?? "gone"}; ` +
      "end its handler, since nothing it settles counts",
  );
}
