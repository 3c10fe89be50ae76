import type { RunEvent } from "./event.ts";
import type { ProcessHistory } from "./process-history.ts";

/** One call of a handler, put together from its events. */
export class Run {
  readonly name: string;
  readonly id: string;
  readonly type: string;
  readonly attempt: number;
  readonly payload: string;
  readonly process: ProcessHistory;
  readonly startedAt: number;
  end: { readonly how: RunEnd; readonly at: number } | undefined;
  /** The first time that it was told to end. */
  abort: { readonly reason: string; readonly at: number } | undefined;

  constructor(
    { run, id, type, attempt, payload }: Extract<RunEvent, { kind: "start" }>,
    process: ProcessHistory,
    startedAt: number,
  ) {
    this.name = run;
    this.id = id;
    this.type = type;
    this.attempt = attempt;
    this.payload = payload;
    this.process = process;
    this.startedAt = startedAt;
  }

  /** Infinite where it goes on when the history ends. */
  get endedAt(): number {
    return this.end?.at ?? this.process.endedAt;
  }

  /** When its process was lost while it ran; infinite where it was not. */
  get cutAt(): number {
    return this.end === undefined ? this.process.lostAt : Number.POSITIVE_INFINITY;
  }
}

export type RunEnd = Extract<RunEvent, { kind: "end" }>["how"];
