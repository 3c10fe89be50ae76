import type { Job, NewJob } from "../job/job.ts";
import type { Changes, Claimant, GroupCommit } from "../store/group-commit.ts";
import type { Patience } from "../store/patience.ts";
import type { ClaimRequest, Committed, Store } from "../store/store.ts";
import type { Clock } from "../time/clock.ts";
import type { Turn } from "../time/turn.ts";
import type { HeldJob, NoteTaker } from "./held-job.ts";
import { Lineup } from "./lineup.ts";
import type { Membership } from "./membership.ts";
import { AHEAD_MS } from "./pace.ts";
import type { Runner } from "./runner.ts";
import type { ResolvedWorkerOptions } from "./worker-options.ts";

interface IntakeOptions {
  readonly types: readonly string[];
  readonly options: ResolvedWorkerOptions;
  readonly store: Store;
  readonly group: GroupCommit;
  readonly clock: Clock;
  readonly turn: Turn;
  readonly patience: Patience;
  readonly membership: Membership;
  readonly runner: Runner;
  readonly notebook: NoteTaker;
  /** Whether something is about to be settled. */
  readonly isSettling: () => boolean;
  readonly onPutBack: (jobs: readonly HeldJob[]) => void;
  readonly onError: (error: unknown) => void;
}

const MOST_AT_ONCE = 1_000;
const TROUBLE_MS = 500;

/** What has waited for so long was claimed ahead by mistake. */
const TOO_LONG_MS = 2 * AHEAD_MS;

/** Brings jobs in: knows when to claim and how many, keeps them in line, and starts them as slots get free. */
export class Intake implements Claimant {
  readonly #options: IntakeOptions;
  readonly #types: ReadonlySet<string>;
  readonly #lineup: Lineup;
  /** Whether the store may have something: it is not asked again and again while it has nothing. */
  #hungry = true;
  /** Whether somebody said so while a claim was under way. */
  #hinted = false;
  /** Handlers turned out slower than expected: nothing is claimed ahead until one has ended. */
  #jammed = false;
  #claiming = false;
  /** Types that were paused while a claim was under way. */
  readonly #pausedMeanwhile = new Set<string>();
  #onClaimOver: (() => void) | undefined;
  #closed = false;
  #pumping = false;
  #nudging = false;
  #fallingAsleep = false;
  /** The store has refused a claim: it is asked for none before this instant, on the monotonic clock. */
  #restUntil = Number.NEGATIVE_INFINITY;
  /** On the monotonic clock. */
  #wakeAt = Number.POSITIVE_INFINITY;
  #wakeTimer: unknown;
  #agingTimer: unknown;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#types = new Set(options.types);
    this.#lineup = new Lineup(options.notebook);
  }

  get isClaiming(): boolean {
    return this.#claiming;
  }

  open(): void {
    this.#options.group.admit(this);
    this.look();
  }

  /** There may be something to claim. */
  look(): void {
    this.#hungry = true;
    this.#hinted = true;
    if (this.#closed) return;
    const restMs = this.#restUntil - this.#options.clock.monotonic();
    if (restMs > 0) this.#wakeIn(restMs);
    else this.#options.group.wake();
  }

  /** A slot is free. */
  goOn(): void {
    this.#hungry = true;
    this.#jammed = false;
    this.#pump();
    if (this.#nudging || this.#closed) return;
    this.#nudging = true;
    this.#options.turn.next(() => {
      this.#nudging = false;
      // Where something is to be settled, the claim goes with that.
      if (this.#hungry && !this.#options.isSettling()) this.#options.group.wake();
    });
  }

  /** Sends back what was claimed ahead of a type that is paused. */
  putBack(type: string): void {
    if (this.#claiming) this.#pausedMeanwhile.add(type);
    this.#options.onPutBack(this.#lineup.remove(({ record }) => record.type === type));
  }

  /** Claims no more, and sends back what waits in line; resolves when no claim is under way. */
  async close(): Promise<void> {
    const { group, clock, onPutBack } = this.#options;
    this.#closed = true;
    group.remove(this);
    clock.clearTimeout(this.#wakeTimer);
    clock.clearTimeout(this.#agingTimer);
    onPutBack(this.#lineup.remove(() => true));
    if (!this.#claiming) return;
    await new Promise<void>((resolve) => {
      this.#onClaimOver = resolve;
    });
  }

  request(changes: Changes): ClaimRequest | undefined {
    const { membership, runner, options, clock } = this.#options;
    const { worker } = membership;
    if (worker === undefined || this.#claiming || this.#closed) return undefined;
    if (clock.monotonic() < this.#restUntil) return undefined;
    if (!this.#hungry && !this.#concerns(changes)) return undefined;
    const slots = Math.max(0, options.concurrency - runner.size - this.#lineup.size);
    const ahead = this.#jammed ? 0 : runner.ahead(options.concurrency);
    const limit = Math.min(
      MOST_AT_ONCE,
      options.concurrency + ahead - runner.size - this.#lineup.size,
    );
    // Claims are made when a good part of the line is gone: many small ones would cost more than they bring.
    if (limit <= 0 || (slots === 0 && limit < ahead / 2)) return undefined;
    const limitOf = this.#limits();
    const types = this.#options.types.filter((type) => limitOf.get(type) !== 0);
    if (types.length === 0) return undefined;
    this.#claiming = true;
    this.#hinted = false;
    return { worker, types, limit, limitOf, slots };
  }

  notice(changes: Changes): void {
    if (!this.#concerns(changes)) return;
    this.#hungry = true;
    this.#hinted = true;
  }

  deliver({ claimed, workerKnown }: Committed, request: ClaimRequest): void {
    const { membership, runner, options, clock, group, onError } = this.#options;
    const now = clock.monotonic();
    for (const job of claimed) membership.hold(this.#lineup.add(job, now));
    this.#hungry = claimed.length > 0 || this.#hinted;
    this.#claimIsOver();
    if (!workerKnown) void membership.rejoin(request.worker).catch(onError);
    if (this.#closed) return;
    this.#pump();
    if (this.#hinted) return group.wake();
    if (claimed.length < request.limit) return this.#fallAsleep();
    // Where there is work for all slots, the next claim goes with the settling of what ends first.
    if (runner.size + this.#lineup.size < options.concurrency) group.wake();
  }

  refuse(error: unknown): void {
    this.#claimIsOver();
    this.#hungry = false;
    this.#restUntil = this.#options.clock.monotonic() + TROUBLE_MS;
    this.#options.onError(error);
    this.#wakeIn(TROUBLE_MS);
  }

  #claimIsOver(): void {
    this.#claiming = false;
    const { onPutBack } = this.#options;
    if (this.#closed) onPutBack(this.#lineup.remove(() => true));
    if (this.#pausedMeanwhile.size > 0) {
      onPutBack(this.#lineup.remove(({ record }) => this.#pausedMeanwhile.has(record.type)));
      this.#pausedMeanwhile.clear();
    }
    this.#onClaimOver?.();
  }

  #concerns({ add, replace }: Changes): boolean {
    for (const job of add) if (this.#isForUs(job)) return true;
    for (const job of replace) if ("ready" in job && this.#isForUs(job)) return true;
    return false;
  }

  #isForUs(job: NewJob | Extract<Job, { ready: boolean }>): boolean {
    if (!this.#types.has(job.type)) return false;
    if (job.ready) return true;
    this.#wakeBy(job.runAt);
    return false;
  }

  #limits(): ReadonlyMap<string, number> {
    const { options, runner } = this.#options;
    if (options.concurrencyOf.size === 0) return options.concurrencyOf;
    const limits = new Map<string, number>();
    for (const [type, most] of options.concurrencyOf) {
      limits.set(type, Math.max(0, most - runner.sizeOf(type) - this.#lineup.sizeOf(type)));
    }
    return limits;
  }

  /** Starts what is in line while there are slots, and asks for more. */
  #pump(): void {
    if (this.#pumping) return;
    const { runner, options, turn, membership } = this.#options;
    this.#pumping = true;
    while (this.#lineup.size > 0 && runner.size < options.concurrency) {
      if (turn.isOver) {
        turn.next(() => {
          this.#pumping = false;
          this.#pump();
        });
        return;
      }
      const held = this.#lineup.next();
      if (held !== undefined && membership.holds(held)) runner.run(held);
    }
    this.#pumping = false;
    this.#watchAge();
  }

  /** What has waited in line for too long goes back, so that another worker can take it. */
  #watchAge(): void {
    const { clock, onPutBack } = this.#options;
    if (this.#agingTimer !== undefined || this.#lineup.size === 0) return;
    this.#agingTimer = clock.setTimeout(() => {
      this.#agingTimer = undefined;
      const now = clock.monotonic();
      const late = this.#lineup.remove((_, since) => now - since >= TOO_LONG_MS);
      this.#jammed ||= late.length > 0;
      onPutBack(late);
      this.#watchAge();
    }, AHEAD_MS);
  }

  /** Claims that come up short one after the other, as while jobs come singly, have one look at what is due next. */
  #fallAsleep(): void {
    if (this.#fallingAsleep) return;
    this.#fallingAsleep = true;
    this.#options.turn.next(() => {
      this.#fallingAsleep = false;
      if (!this.#closed) void this.#sleep();
    });
  }

  async #sleep(): Promise<void> {
    const { store, patience, options, onError } = this.#options;
    this.#wakeIn(options.pollMs);
    try {
      const dueAt = await patience.try(() => store.nextDueAt());
      if (dueAt !== undefined) this.#wakeBy(dueAt);
    } catch (error) {
      onError(error);
    }
  }

  /** Looks again at this instant, if it would do so later. */
  #wakeBy(instant: number): void {
    const { clock } = this.#options;
    const delayMs = instant - clock.now();
    if (clock.monotonic() + delayMs < this.#wakeAt) this.#wakeIn(delayMs);
  }

  #wakeIn(ms: number): void {
    const { clock, options } = this.#options;
    if (this.#closed) return;
    const delayMs = Math.max(1, Math.min(ms, options.pollMs));
    clock.clearTimeout(this.#wakeTimer);
    this.#wakeAt = clock.monotonic() + delayMs;
    this.#wakeTimer = clock.setTimeout(() => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.look();
    }, delayMs);
  }
}
