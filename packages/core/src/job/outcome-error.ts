import type { Failure } from "./failure.ts";
import { TurnoError } from "./turno-error.ts";

/** The job is no longer held by who settles it: it was given to another worker, cancelled, or settled already. */
export class LeaseLost extends TurnoError {
  constructor(message: string, options?: ErrorOptions) {
    super("LeaseLost", message, options);
  }
}

/** The job was cancelled: why the signal of its handler is aborted, and what `result` rejects with. */
export class JobCancelled extends TurnoError {
  constructor(message: string, options?: ErrorOptions) {
    super("JobCancelled", message, options);
  }
}

/** Why the signal of a handler is aborted that has taken longer than its `timeoutMs`. */
export class JobTimedOut extends TurnoError {
  constructor(message: string, options?: ErrorOptions) {
    super("JobTimedOut", message, options);
  }
}

/** Why the signals of handlers are aborted when their worker stops and the grace is over. */
export class WorkerStopping extends TurnoError {
  constructor(message: string, options?: ErrorOptions) {
    super("WorkerStopping", message, options);
  }
}

/** What `result` rejects with for a job that is dead; its message has the last failure's, `failures` all that are kept. */
export class JobDead extends TurnoError {
  readonly failures: readonly Failure[];

  constructor(message: string, failures: readonly Failure[]) {
    super("JobDead", message);
    this.failures = failures;
  }
}

/** What `result` rejects with where there is no such job: it was pruned, or never was. */
export class JobGone extends TurnoError {
  constructor(message: string, options?: ErrorOptions) {
    super("JobGone", message, options);
  }
}

/** Another job holds the unique key, so this one cannot be retried. */
export class KeyTaken extends TurnoError {
  /** The id of the job that holds the key. */
  readonly holder: string;

  constructor(message: string, holder: string) {
    super("KeyTaken", message);
    this.holder = holder;
  }
}

/** A result that cannot be stored; the job is dead, since running it again would repeat its effects. */
export class ResultRefused extends TurnoError {
  constructor(message: string, options?: ErrorOptions) {
    super("ResultRefused", message, options);
  }
}

/** The queue was used after `close`. */
export class QueueClosed extends TurnoError {
  constructor(message: string, options?: ErrorOptions) {
    super("QueueClosed", message, options);
  }
}
