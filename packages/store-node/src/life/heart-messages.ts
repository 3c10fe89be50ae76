import type { BeatReply } from "@turno/core";
import type { beatSql } from "@turno/store-sqlite";
import type { KeptFiles, Missing } from "../file/kept-files.ts";

/** What the heart's thread is started with. */
export interface HeartData extends KeptFiles {
  readonly driverPath: string;
  /** Where the locks are. */
  readonly folder: string;
  readonly sql: ReturnType<typeof beatSql>;
  /** The version of the tables that may be written. */
  readonly schema: number;
}

/** What the store tells the thread about the life of a worker; its sign is the name of a lock's file. */
export type HeartOrder =
  | { readonly kind: "hold"; readonly sign: string }
  | { readonly kind: "beat"; readonly sign: string; readonly beats: Beats }
  | { readonly kind: "rest"; readonly sign: string }
  /** The worker is forgotten: its lock's file can go as well. */
  | { readonly kind: "remove"; readonly sign: string }
  | { readonly kind: "end" };

/** What the thread tells the store. */
export type HeartNews =
  | { readonly kind: "held"; readonly sign: string }
  | { readonly kind: "refused"; readonly sign: string; readonly error: PlainError }
  | ({ readonly sign: string } & BeatNews);

export type BeatNews =
  | { readonly kind: "reply"; readonly reply: BeatReply }
  /** Another version of Turno has changed the tables. */
  | { readonly kind: "newer"; readonly schema: number }
  /** The file at the path, or its log, is no longer the one that was opened. */
  | { readonly kind: Missing }
  | { readonly kind: "trouble"; readonly error: PlainError };

/** An error without its class, which does not come through to another thread. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
}

export interface Beats {
  readonly worker: number;
  readonly everyMs: number;
  /** Shared memory, with a place for each of the following. */
  readonly pulse: BigInt64Array;
}

/** When to fall silent, by `process.hrtime`; 0 is never. */
export const SILENT_AT = 0;
/** How many of the thread's beat news the store has heard. */
export const HEARD = 1;
