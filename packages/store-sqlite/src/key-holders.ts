import { encodeJobId, type Job } from "@turno/core";
import type { Statements } from "./statements.ts";

type Keyed = Pick<Job, "type" | "uniqueKey">;

/** For each unique key that some job holds, as `keyOf` spells it, the id of that job. */
export function keyHolders(
  statements: Statements,
  salt: number,
  jobs: readonly Keyed[],
): Map<string | undefined, string> {
  const keys = jobs.map(keyOf).filter((key) => key !== undefined);
  if (keys.length === 0) return new Map();
  const rows = statements.keyHolders.all(`[${keys.join()}]`);
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
