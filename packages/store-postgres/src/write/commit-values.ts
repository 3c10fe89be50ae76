import { type ClaimRequest, MAX_LOG_LINES, type Note, type Write } from "@turno/core";
import { listText, textsText } from "../connection/list-text.ts";
import { addingValues } from "./adding.ts";
import { type Replacing, replacingValues } from "./replacing.ts";

const TYPES = [
  ["bigint", "json"],
  ["bigint[]", "bigint[]", "bigint[]", "boolean[]", "text[]", "json"],
  ["int[]", "text[]", "text[]"],
  [
    "text[]",
    "int[]",
    "bigint[]",
    "boolean[]",
    "int[]",
    "int[]",
    "text[]",
    "smallint[]",
    "bigint[]",
  ],
  ["bigint", "text[]", "text[]", "int[]", "int", "int", "text", "text", "int"],
].flat();

/** The statement of a commit. Every value is given as text, so that no driver has to know its type. */
export function commitText(schema: string): string {
  const values = TYPES.map((type, at) => `$${at + 1}::text::${type}`);
  return `SELECT * FROM ${schema}.commit_1(${values.join(", ")})`;
}

/** What a commit does beside its write. */
interface Around {
  readonly channel: string;
  /** What to tell those who listen there. */
  readonly bell: string | undefined;
  /** How long to wait for a row that somebody has locked; undefined: as the caller's transaction has it. */
  readonly waitMs: number | undefined;
}

/** Its values. */
export function commitValues(
  { now, note = [], add = [], claim }: Write,
  replacing: Replacing,
  { channel, bell, waitMs }: Around,
): (string | null)[] {
  return [
    String(now),
    note.length === 0 ? null : JSON.stringify(note.map(toRecord)),
    ...replacingValues(replacing),
    ...addingValues(add),
    ...claimValues(claim),
    channel,
    bell ?? null,
    waitMs === undefined ? null : String(waitMs),
  ];
}

function toRecord({ seq, revision, progress, log }: Note) {
  return {
    seq,
    revision,
    progress,
    log: log.map((line) => JSON.stringify(line)),
    most: MAX_LOG_LINES,
  };
}

function claimValues(claim: ClaimRequest | undefined): (string | null)[] {
  if (claim === undefined) return [null, null, null, null, null, null];
  const { worker, types, limitOf, limit, slots = limit } = claim;
  const limited = limitOf === undefined || limitOf.size === 0 ? undefined : limitOf;
  return [
    String(worker),
    types === undefined ? null : textsText([...new Set(types)]),
    limited === undefined ? null : textsText([...limited.keys()]),
    limited === undefined ? null : listText([...limited.values()].map(within)),
    String(within(limit)),
    String(within(slots)),
  ];
}

/** `Infinity` is no number of Postgres. */
function within(limit: number): number {
  return Math.max(0, Math.min(limit, 2 ** 31 - 1));
}
