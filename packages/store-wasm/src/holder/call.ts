import type { Store } from "@turno/core";
import type { CallNumber } from "../database/answered-calls.ts";

/** What can be asked of a database from afar. */
export type Method =
  | "commit"
  | "join"
  | "beat"
  | "leave"
  | "workers"
  | "get"
  | "notes"
  | "list"
  | "counts"
  | "examine"
  | "nextDueAt"
  | "pause"
  | "prune"
  | "export";

/** One method of `Store`, or `export`, called by a page. */
export interface Call extends CallNumber {
  readonly method: Method;
  readonly args: readonly unknown[];
  /** The page has the answers to all its calls before this one. */
  readonly done: number;
}

const READING: ReadonlySet<Method> = new Set([
  "workers",
  "get",
  "notes",
  "list",
  "counts",
  "examine",
  "nextDueAt",
  "export",
]);

/** Whether a call leaves everything as it is. */
export function isReading({ method, args }: Pick<Call, "method" | "args">): boolean {
  return READING.has(method) || (method === "pause" && args[0] === undefined);
}

export type StoreMethod = Exclude<Method, "export"> & keyof Store;
