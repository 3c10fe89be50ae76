import type { Instant } from "../job/instant.ts";
import type { Json } from "../job/json-text.ts";

/** What a doctor looks at. */
export type Topic =
  | "integrity"
  | "identity"
  | "versions"
  | "log"
  | "permissions"
  | "room"
  | "damaged"
  | "stuck"
  | "clock"
  | "workers";

/** `warning`: to be looked at. `bad`: something is broken, or soon will be. */
export type Level = "good" | "warning" | "bad";

/** One thing that was looked at, and what was found. */
export interface Finding {
  readonly about: Topic;
  readonly level: Level;
  /** One line. */
  readonly message: string;
  /** What to do; absent where nothing is. */
  readonly remedy?: string;
  /** The same in figures: sizes in bytes, spans in milliseconds, instants since the epoch. */
  readonly facts: Readonly<Record<string, Json>>;
}

/** The jobs of a type that could be claimed at once. */
export interface ReadyJobs {
  readonly type: string;
  readonly count: number;
  /** The earliest `runAt` of them. */
  readonly since: Instant;
}

/** What a store finds of itself. */
export interface Examination {
  /** Of what only the store can know: its file, its versions, what is damaged in it. */
  readonly findings: readonly Finding[];
  /** Each type that has ready jobs, paused ones included; undefined where they could not be read. */
  readonly ready: readonly ReadyJobs[] | undefined;
}
