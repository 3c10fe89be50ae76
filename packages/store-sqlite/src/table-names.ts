import { shown } from "@turno/core";

/** The names of a queue's tables, and of whatever else it keeps in the database: all begin with its prefix. */
export interface TableNames {
  readonly prefix: string;
  readonly jobs: string;
  readonly payloads: string;
  readonly notes: string;
  readonly workers: string;
  readonly paused: string;
  readonly meta: string;
}

const PREFIX = /^(?!sqlite_)[a-z_][a-z0-9_]{0,30}$/;

/** The tables of the queue with this prefix; throws a TypeError where SQL could not take it as part of a name. */
export function tableNames(prefix: string): TableNames {
  if (typeof prefix !== "string" || !PREFIX.test(prefix)) {
    throw new TypeError(
      "table must be a prefix of at most 31 lower-case letters, digits and underscores, not beginning with a digit " +
        `or "sqlite_", such as "turno_", but is ${shown(prefix)}`,
    );
  }
  return {
    prefix,
    jobs: `${prefix}jobs`,
    payloads: `${prefix}payloads`,
    notes: `${prefix}notes`,
    workers: `${prefix}workers`,
    paused: `${prefix}paused`,
    meta: `${prefix}meta`,
  };
}
