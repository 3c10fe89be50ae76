import type { Call, HandedIn, HistoryEvent } from "./event.ts";

type Answer = Extract<HistoryEvent, { kind: "ok" | "fail" | "info" }>;

/** A call of the queue, and how it was answered. */
export class CallHistory {
  readonly does: Call;
  readonly process: string;
  readonly invokedAt: number;
  answer: Answer | undefined;

  constructor(does: Call, process: string, invokedAt: number) {
    this.does = does;
    this.process = process;
    this.invokedAt = invokedAt;
  }

  /** Infinite where nobody heard of it again. */
  get answeredAt(): number {
    return this.answer?.at ?? Number.POSITIVE_INFINITY;
  }

  get isAcknowledged(): boolean {
    return this.answer?.kind === "ok";
  }

  get isRefused(): boolean {
    return this.answer?.kind === "fail";
  }

  /** Whether it may have changed something. */
  get mayBeDone(): boolean {
    return !this.isRefused && !(this.answer?.kind === "ok" && this.answer.did === false);
  }
}

/** A job as one call handed it in, and what the call was told of it. */
export interface HandIn {
  readonly job: HandedIn;
  readonly call: CallHistory;
  /** Undefined while nothing was told. */
  as: { readonly id: string; readonly added: boolean } | undefined;
}
