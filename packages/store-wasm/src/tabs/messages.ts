import type { BeatReply, Watched, WorkerId } from "@turno/core";
import type { CallNumber } from "../database/answered-calls.ts";
import type { Call } from "../holder/call.ts";
import type { PlainError } from "./plain-error.ts";

/** What a page tells its worker. */
export type FromPage =
  | ({ readonly kind: "open"; readonly module: WebAssembly.Module } & TabSettings)
  | { readonly kind: "call"; readonly call: Call }
  | { readonly kind: "beat"; readonly worker: WorkerId; readonly everyMs: number }
  | { readonly kind: "rest"; readonly worker: WorkerId }
  /** See `Heart.silenceIn`. */
  | { readonly kind: "silence"; readonly worker: WorkerId; readonly inMs: number | undefined }
  /** The page answers: it has heard of the worker's beat. */
  | { readonly kind: "heard"; readonly worker: WorkerId }
  /** Ask the page to look at its timers then; undefined: not any more. */
  | { readonly kind: "wake"; readonly inMs: number | undefined }
  | { readonly kind: "close" };

/** What a worker tells its page. */
export type ToPage =
  /** First of all: the program runs. */
  | { readonly kind: "here" }
  /** The queue can be used. Told once more when the worker knows of other data than before. */
  | { readonly kind: "open"; readonly salt: number; readonly isShared: boolean }
  | { readonly kind: "refused"; readonly error: PlainError }
  | ({ readonly kind: "answer" } & CallNumber & Answer)
  | { readonly kind: "beaten"; readonly worker: WorkerId; readonly answer: Answer<BeatReply> }
  | { readonly kind: "bell"; readonly what: Watched }
  | { readonly kind: "wake" }
  | { readonly kind: "closed" };

export interface TabSettings {
  /** Of the queue, within its origin. */
  readonly name: string;
  /** What the names of its tables begin with. */
  readonly table: string;
  /** From 0 to 1: makes the salt of a new database. */
  readonly chance: number;
  /** Of the data that the page's calls are meant for; undefined where it knows of none yet. */
  readonly salt?: number | undefined;
}

export type Answer<T = unknown> = { readonly value: T } | { readonly error: PlainError };

/** What every tab of a queue hears. */
export type News =
  /** A tab leads, for the `reign`th time in its life: it holds the database, and takes calls. */
  | {
      readonly kind: "leads";
      readonly leader: string;
      readonly reign: number;
      readonly salt: number;
      readonly protocol: number;
    }
  /** It will lead as soon as it has the database. */
  | { readonly kind: "about to lead" }
  | { readonly kind: "who leads?" }
  | { readonly kind: "bell"; readonly what: Watched; readonly by: string };

/** What one tab tells another. */
export type Letter =
  /** For the data with that salt. */
  | { readonly kind: "call"; readonly from: string; readonly salt: number; readonly call: Call }
  | ({ readonly kind: "answer"; readonly from: string; readonly reign: number } & CallNumber &
      Answer)
  | { readonly kind: "ping"; readonly from: string }
  | { readonly kind: "pong"; readonly from: string };
