import { encodeJobId, type Job } from "@turno/core";
import type { SqlRow } from "./sql-port.ts";
import type { Statements } from "./statements.ts";

type Keyed = Pick<Job, "type" | "uniqueKey">;

/** So many keys go in one statement at the most: they are one text, and drivers limit those. */
const MOST_KEYS = 1_000;

/** For each unique key that some job holds, as `keyOf` spells it, the id of that job. */
export function keyHolders(
  statements: Statements,
  salt: number,
  jobs: readonly Keyed[],
): Map<string | undefined, string> {
  const keys = jobs.map(keyOf).filter((key) => key !== undefined);
  if (keys.length === 0) return new Map();
  const rows: SqlRow[] = [];
  for (let from = 0; from < keys.length; from += MOST_KEYS)
    rows.push(...statements.keyHolders.all(`[${keys.slice(from, from + MOST_KEYS).join()}]`));
  return new Map(
    rows.map(({ type, unique_key: uniqueKey, created_at: createdAt, seq }) => [
      keyOf({ type: String(type), uniqueKey: String(uniqueKey) }),
      encodeJobId({ createdAt: Number(createdAt), salt, seq: Number(seq) }),
    ]),
  );
}

/** The job's type and unique key in one text; undefined where it has no key. */
export function keyOf({ type, uniqueKey }: Keyed): string | undefined {
  return uniqueKey === undefined ? undefined : JSON.stringify([type, uniqueKey]);
}
