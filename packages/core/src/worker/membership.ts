import type { Job, WorkerId } from "../job/job.ts";
import { JobCancelled, LeaseLost } from "../job/outcome-error.ts";
import type { Patience } from "../store/patience.ts";
import type { BeatReply, Heart, Store } from "../store/store.ts";
import type { Clock } from "../time/clock.ts";
import type { HeldJob } from "./held-job.ts";

interface MembershipOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly patience: Patience;
  readonly leaseMs: number;
  readonly onJoined: () => void;
  /** The worker holds the job no longer; `reason` says why. */
  readonly onLost: (held: HeldJob, reason: Error) => void;
  readonly onError: (error: unknown) => void;
}

/** Beats are three to a lease, so that two may be late. */
const BEATS_PER_LEASE = 3;
const REJOIN_MS = 1_000;

/** A worker's place in a store: its number, its beat, and the jobs it holds. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #held = new Map<number, HeldJob>();
  #worker: WorkerId | undefined;
  #joining: Promise<void> | undefined;
  #heart: Heart | undefined;
  #ended = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Its number; undefined while it is no member. */
  get worker(): WorkerId | undefined {
    return this.#worker;
  }

  holds(held: HeldJob): boolean {
    return this.#held.get(held.record.seq) === held;
  }

  hold(held: HeldJob): void {
    this.#held.set(held.record.seq, held);
  }

  /** Says whether it held the job until now. */
  letGo(held: HeldJob): boolean {
    return this.holds(held) && this.#held.delete(held.record.seq);
  }

  silenceIn(ms: number | undefined): void {
    this.#heart?.silenceIn(ms);
  }

  /** Becomes a member, if it is none; goes on trying while the store has trouble. */
  async join(): Promise<void> {
    if (this.#worker !== undefined) return;
    this.#joining ??= this.#joinPatiently().finally(() => {
      this.#joining = undefined;
    });
    await this.#joining;
  }

  /** Was given up by somebody: joins anew, under another number. */
  async rejoin(): Promise<void> {
    if (this.#joining === undefined) await this.#stopHeart();
    await this.join();
    await this.#check([...this.#held.values()]);
  }

  /** Stops beating and is forgotten by the store; what is still held is left to others. */
  async leave(): Promise<void> {
    this.#ended = true;
    await this.#joining;
    const worker = this.#worker;
    await this.#stopHeart();
    if (worker !== undefined)
      await this.#options.patience.try(() => this.#options.store.leave(worker));
  }

  /** Learns from the stored job that it is no longer held. */
  lose(seq: number, stored: Job | undefined): void {
    const held = this.#held.get(seq);
    if (held === undefined || isStillHeld(held, stored)) return;
    this.letGo(held);
    this.#options.onLost(held, reasonOf(held, stored));
  }

  async #joinPatiently(): Promise<void> {
    const { store, patience, clock, leaseMs, onError } = this.#options;
    while (!this.#ended) {
      try {
        const worker = await patience.try(() => store.join({ leaseMs }));
        this.#worker = worker;
        this.#heart = this.#startHeart(worker);
        this.#options.onJoined();
        return;
      } catch (error) {
        onError(error);
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, REJOIN_MS));
      }
    }
  }

  #startHeart(worker: WorkerId): Heart {
    const { store, leaseMs, onError } = this.#options;
    const onReply = (reply: BeatReply) => void this.#hear(worker, reply).catch(onError);
    const options = { everyMs: Math.ceil(leaseMs / BEATS_PER_LEASE), onReply, onError };
    return store.heart?.(worker, options) ?? this.#beatByTimer(worker, options);
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
    if (!known) return this.rejoin();
    const revisions = new Map(holds.map(({ seq, revision }) => [seq, revision]));
    // A job that was claimed after the beat is missing from the reply too: so look again before giving it up.
    await this.#check(
      [...this.#held.values()].filter(
        ({ record }) => revisions.get(record.seq) !== record.revision,
      ),
    );
  }

  async #check(suspects: readonly HeldJob[]): Promise<void> {
    if (suspects.length === 0) return;
    const seqs = suspects.map(({ record }) => record.seq);
    const stored = await this.#options.patience.try(() => this.#options.store.get(seqs));
    for (const [index, seq] of seqs.entries()) this.lose(seq, stored[index]);
  }
}

function isStillHeld({ record }: HeldJob, stored: Job | undefined): boolean {
  return stored?.state === "running" && stored.revision === record.revision;
}

function reasonOf({ record }: HeldJob, stored: Job | undefined): Error {
  if (stored?.state === "cancelled")
    return new JobCancelled(`job ${record.id} was cancelled while it ran`);
  return new LeaseLost(
    `job ${record.id} is no longer held by worker ${record.worker}: it is ${stored?.state ?? "gone"}; end its handler, since nothing it settles counts`,
  );
}
