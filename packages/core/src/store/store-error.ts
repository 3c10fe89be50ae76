import { TurnoError } from "../job/turno-error.ts";

/** What a store throws when it cannot do its work; nothing was written, but for {@link AnswerLost}. */
export class StoreError extends TurnoError {
  /** Whether the same call may succeed later, without anybody's help. */
  readonly transient: boolean;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { readonly transient?: boolean } = {},
  ) {
    super(code, message, options);
    this.transient = options.transient ?? false;
  }
}

/** Somebody else was writing for too long. */
export class StoreBusy extends StoreError {
  /** Whether only something of what was asked for is in somebody's way: the rest may be asked for without it. */
  readonly partial: boolean;

  constructor(message: string, options: ErrorOptions & { readonly partial?: boolean } = {}) {
    super("StoreBusy", message, { ...options, transient: true });
    this.partial = options.partial ?? false;
  }
}

/** The store, or the way to it, cannot be reached: nothing was asked of it. */
export class StoreUnreachable extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("StoreUnreachable", message, { ...options, transient: true });
  }
}

/** The store, or the way to it, was gone before its answer came: what was asked of it may be done, or not, or be done yet. */
export class AnswerLost extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("AnswerLost", message, { ...options, transient: true });
  }
}

/** There is no room left to write. */
export class StoreFull extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("StoreFull", message, { ...options, transient: true });
  }
}

/** Somebody keeps the store from tidying up after itself: it works on, and grows. Told by a worker's event `error` alone. */
export class LogHeld extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("LogHeld", message, { ...options, transient: true });
  }
}

/** The store may not be written or opened: permissions, a read-only file or directory, a missing directory. */
export class StoreUnwritable extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("StoreUnwritable", message, options);
  }
}

/** What is stored is damaged, or is no queue. */
export class StoreCorrupt extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("StoreCorrupt", message, options);
  }
}

/** The file that was opened is no longer the one at its path. */
export class StoreReplaced extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("StoreReplaced", message, options);
  }
}

/** The store was written by a newer version of Turno. */
export class StoreNewer extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("StoreNewer", message, options);
  }
}

/** The platform or the engine is too old for this store. */
export class StoreUnsupported extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("StoreUnsupported", message, options);
  }
}

/** The store was used after `close`. */
export class StoreClosed extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("StoreClosed", message, options);
  }
}

/** The store is half moved into: nobody may add or claim jobs there before the move has ended. */
export class StoreMoving extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("StoreMoving", message, options);
  }
}

/** A move cannot begin, or cannot go on: what has been moved so far stays, and the move may be run again. */
export class MoveRefused extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("MoveRefused", message, options);
  }
}
