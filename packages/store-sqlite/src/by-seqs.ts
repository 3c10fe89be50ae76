import type { SqlStatement, SqlValue } from "./sql-port.ts";

type BySeqs<Name extends string> = Readonly<Record<Name | `${Name}Row`, string>>;

/** A statement about jobs with certain numbers: once for a list of them, once for all from one to another. */
export function bySeqs<Name extends string>(name: Name, sql: string): BySeqs<Name> {
  return {
    [name]: `${sql} seq IN (SELECT value FROM json_each(?))`,
    [`${name}Row`]: `${sql} seq >= +? AND seq <= +?`,
  } as BySeqs<Name>;
}

/**
 * Runs it for these numbers, each there once. Those of jobs that came together mostly follow each other, and to walk
 * along the table takes a fifth less than to look for each.
 */
export function runForSeqs(
  list: SqlStatement,
  row: SqlStatement,
  parameters: readonly SqlValue[],
  seqs: readonly number[],
): number {
  const from = seqs[0] ?? 0;
  return seqs.every((seq, at) => seq === from + at)
    ? row.run(...parameters, from, from + seqs.length - 1)
    : list.run(...parameters, JSON.stringify(seqs));
}
