import type { BeatReply, Bell } from "@turno/core";

/** What a session needs to know. */
export interface SessionData {
  /** Where the driver is. */
  readonly driverPath: string;
  /** What its clients are made with. */
  readonly config: object;
  readonly schema: string;
  /** What this store is known by: the key of its lock, and who rings a bell. */
  readonly sign: number;
  /** Whether it holds the lock and listens, which needs a connection that stays one. */
  readonly stays: boolean;
  /** Whether a connection is one that stays whoever takes it; else only where the server itself does. */
  readonly isTrusted: boolean;
}

/** What the store tells the session. */
export type SessionOrder =
  | {
      readonly kind: "beat";
      readonly worker: number;
      readonly everyMs: number;
      readonly silentAt: BigInt64Array;
    }
  | { readonly kind: "rest"; readonly worker: number }
  /** Its news of this worker was heard. */
  | { readonly kind: "heard"; readonly worker: number }
  | { readonly kind: "end" };

/** What the session tells the store. */
export type SessionNews =
  /** It has a connection; `held` where it has the lock, too. */
  | { readonly kind: "connected"; readonly held: boolean }
  | { readonly kind: "disconnected"; readonly error: PlainError }
  | { readonly kind: "bell"; readonly bell: Bell }
  | {
      readonly kind: "reply";
      readonly worker: number;
      readonly reply: BeatReply;
      /** The version of the tables. */
      readonly version: number;
    }
  | { readonly kind: "trouble"; readonly worker: number; readonly error: PlainError };

/** An error without its class, which does not come through to another thread. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
}

export function plainError(error: unknown): PlainError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return { code, message: error instanceof Error ? error.message : String(error) };
}
