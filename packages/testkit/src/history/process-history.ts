import type { CallHistory } from "./call-history.ts";
import type { HistoryEvent } from "./event.ts";
import { SLACK_MS } from "./slack.ts";
import { countUpTo, merged, type Span, Spans } from "./span.ts";

type Works = Extract<HistoryEvent, { kind: "works" }>;
type Exited = Extract<HistoryEvent, { kind: "exited" }>;

/**
 * Of three beats to a lease the last may have come just before the silence began: so two thirds of a lease are enough to
 * be given up, and a little less, since who freezes a process writes it down a moment later.
 */
const SILENT_SHARE = 0.6;

/** Frozen again so soon, a process may not have come to beat. */
const SHORT_THAW_MS = 50;

/** What is known of one process. */
export class ProcessHistory {
  readonly name: string;
  readonly works: Works[] = [];
  readonly calls = new Map<string, CallHistory>();
  readonly freezes: Span[] = [];
  /** While its event loop was held up by a handler. */
  readonly blocks: Span[] = [];
  /** When its store refused something. */
  readonly troubledAt: number[] = [];
  readonly hindrances: Span[] = [];
  frozenAt: number | undefined;
  frozenTimes = 0;
  killedAt = Number.POSITIVE_INFINITY;
  /** When it announced that it would end itself. */
  diedAt = Number.POSITIVE_INFINITY;
  askedAt = Number.POSITIVE_INFINITY;
  /** When its last worker stopped. */
  stoppedAt = Number.POSITIVE_INFINITY;
  exit: Exited | undefined;
  #trouble: Spans | undefined;
  #frozen: readonly Span[] | undefined;
  #idle: readonly Span[] | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Whether it ended by its own plan: its workers had stopped, or it had none. */
  get exitedInPeace(): boolean {
    const { exit } = this;
    return exit?.code === 0 && (this.works.length === 0 || this.stoppedAt <= exit.at);
  }

  /** When it ended otherwise than by its own plan; infinite where it did not. */
  get lostAt(): number {
    const exitedAt =
      this.exit === undefined || this.exitedInPeace ? Number.POSITIVE_INFINITY : this.exit.at;
    return Math.min(this.killedAt, this.diedAt, exitedAt);
  }

  get endedAt(): number {
    return Math.min(this.lostAt, this.exit?.at ?? Number.POSITIVE_INFINITY);
  }

  /** The shortest of its workers' leases; 0 where nothing is known of any. */
  get leaseMs(): number {
    const [first = 0, ...others] = this.works.map(({ leaseMs }) => leaseMs);
    return Math.min(first, ...others);
  }

  /** After how long a silence it may be given up. */
  get silentMs(): number {
    return this.leaseMs * SILENT_SHARE;
  }

  get beatsByTimer(): boolean {
    return this.works.some(({ beatsByTimer }) => beatsByTimer === true);
  }

  /** While it was frozen; one frozen when the history ends is so for ever. */
  get frozen(): readonly Span[] {
    const open =
      this.frozenAt === undefined ? [] : [{ from: this.frozenAt, to: Number.POSITIVE_INFINITY }];
    return (this.#frozen ??= merged([...this.freezes, ...open], SHORT_THAW_MS));
  }

  /** While it was frozen, or its event loop was held up. */
  get idle(): readonly Span[] {
    return (this.#idle ??= merged([...this.frozen, ...this.blocks], 0));
  }

  /** Whether what it wrote to its store may have been refused, held up or lost between the two. */
  hadTroubleBetween(from: number, to: number): boolean {
    this.#trouble ??= new Spans([...this.#troubles(), ...this.hindrances]);
    return this.#trouble.touch(from, to);
  }

  /** What is told when it is awake again may have come about at any time while it was not. */
  #troubles(): readonly Span[] {
    const starts = this.idle.map(({ from }) => from);
    return this.troubledAt.map((at) => {
      const idle = this.idle[countUpTo(starts, at) - 1];
      return { from: idle !== undefined && idle.to >= at - SLACK_MS ? idle.from : at, to: at };
    });
  }

  /** Whether a worker of it, for jobs of this type, was there from before `from` until after `to`. */
  worksOn(type: string, from: number, to: number): boolean {
    const leaves = Math.min(this.endedAt, this.askedAt, this.stoppedAt);
    return leaves > to && this.works.some(({ at, types }) => at <= from && types.includes(type));
  }
}
