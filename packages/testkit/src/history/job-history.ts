import type { CallHistory, HandIn } from "./call-history.ts";
import type { HistoryEvent, SeenJob } from "./event.ts";
import type { Run } from "./run.ts";

/** A job as it was seen in the store, and by when. */
export interface Seen {
  readonly job: SeenJob;
  readonly at: number;
  readonly by: string;
}

/** Most jobs have none of most things, and there are many jobs. */
const NONE: readonly never[] = [];

export type ToldEvent = Extract<HistoryEvent, { kind: "told" }>;

/** All that is known of one job, in the order of time. */
export class JobHistory {
  readonly id: string;
  /** How it was handed in, by the call that was told its id; of two, which must not be, the first. */
  handIn: HandIn | undefined;
  /** Others that were told that they had added it. */
  otherHandIns: readonly HandIn[] = NONE;
  /** Where no call was told its id: what was handed in with its payload, and may have been stored. */
  presumed: HandIn | undefined;
  readonly runs: Run[] = [];
  readonly tells: ToldEvent[] = [];
  /** Calls that may have cancelled it, or made it due again or start afresh. */
  cancels: readonly CallHistory[] = NONE;
  retries: readonly CallHistory[] = NONE;
  final: SeenJob | undefined;
  #seen: Seen[] | undefined;

  constructor(id: string) {
    this.id = id;
  }

  get seen(): readonly Seen[] {
    return this.#seen ?? NONE;
  }

  see(seen: Seen): void {
    if (this.#seen === undefined) this.#seen = [seen];
    else this.#seen.push(seen);
  }

  get origin(): HandIn | undefined {
    return this.handIn ?? this.presumed;
  }

  get type(): string | undefined {
    return (
      this.origin?.job.type ?? this.runs[0]?.type ?? this.final?.type ?? this.seen[0]?.job.type
    );
  }

  get maxAttempts(): number | undefined {
    return this.origin?.job.maxAttempts ?? (this.final ?? this.seen[0]?.job)?.maxAttempts;
  }

  get payload(): string | undefined {
    return (
      this.runs[0]?.payload ??
      this.final?.payload ??
      this.seen.find(({ job }) => job.payload !== undefined)?.job.payload
    );
  }

  /** By when it was certainly stored; infinite where nobody knows that it was. */
  get storedAt(): number {
    const first = (at: number | undefined) => at ?? Number.POSITIVE_INFINITY;
    return Math.min(
      first(this.handIn?.call.answeredAt),
      first(this.runs[0]?.startedAt),
      first(this.seen[0]?.at),
      first(this.tells[0]?.at),
    );
  }

  /** How many lives it may have begun before `at`: a retry of a finished job begins another, with no attempts made. */
  livesBefore(at: number): number {
    let lives = 1;
    for (const { mayBeDone, invokedAt } of this.retries) if (mayBeDone && invokedAt <= at) lives++;
    return lives;
  }

  get mayHaveBeenRetried(): boolean {
    return this.livesBefore(Number.POSITIVE_INFINITY) > 1;
  }

  mayBeCancelledBefore(at: number): boolean {
    return this.cancels.some(({ mayBeDone, invokedAt }) => mayBeDone && invokedAt <= at);
  }
}
