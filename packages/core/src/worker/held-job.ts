import type { RunningJob } from "../job/job.ts";

/** A job that a worker of this process holds. */
export class HeldJob {
  readonly record: RunningJob;
  /** Set by whoever settles the job outside the worker: the worker then looks what became of it, and writes nothing. */
  settledElsewhere: Promise<unknown> | undefined;
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(record: RunningJob) {
    this.record = record;
  }

  /** Made when it is first asked for: most handlers never do, and it costs more than the rest of the job. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  /** Whether the handler can know that it was asked to end. */
  get heardAbort(): boolean {
    return this.#aborted !== undefined && this.#controller !== undefined;
  }

  abort(reason: unknown): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = { reason };
    this.#controller?.abort(reason);
  }
}
