import {
  type AdoptedBatch,
  type AdoptedJob,
  type AdoptedSource,
  type Adopter,
  type Adoption,
  beginAdoption,
  holdsKey,
  movedOver,
  type MoveRecord,
  StoreBusy,
} from "@turno/core";
import type { Connection } from "../connection/connection.ts";
import { listText, textsText } from "../connection/list-text.ts";
import type { Row } from "../connection/queryable.ts";
import { changingColumns } from "../write/changing-columns.ts";

/** Moves jobs into the tables of a schema; what is remembered of it stands in the table of meta, as `move` and `moved`. */
export function adopterOf(connection: Connection, schema: string): Adopter {
  const name = `the queue in the schema ${schema}`;
  return {
    begin: (source) => begin(connection, schema, name, source),
    async take(run, { jobs, gone }: AdoptedBatch) {
      const [found] = await connection.query(
        `SELECT * FROM ${schema}.move_take_1($1::text::bigint, $2::text::json, $3::text::bigint[])`,
        [String(run), JSON.stringify(jobs.map(toRecord)), listText(gone)],
      );
      movedOver(moveOf(found), run, name);
    },
    async end(run, { seq, worker }) {
      const [found] = await connection.query(
        `SELECT * FROM ${schema}.move_end_1($1::text::bigint, $2::text::bigint, $3::text::bigint)`,
        [run, seq, worker].map(String),
      );
      movedOver(moveOf(found), run, name);
    },
  };
}

async function begin(
  connection: Connection,
  schema: string,
  name: string,
  source: AdoptedSource,
): Promise<Adoption> {
  const [seen] = await connection.query(
    `SELECT identity.*, identity::text AS seen FROM ${schema}.identity_1() AS identity`,
  );
  const target = {
    name,
    salt: Number(seen?.["salt"]),
    move: moveOf(seen),
    isUsed: seen?.["used"] === true,
  };
  const adoption = beginAdoption(target, source);
  if (adoption.endedAt !== undefined) return adoption;
  const [row] = await connection.query(
    `SELECT ${schema}.move_begin_1($1::text, $2::text::bigint, $3::text::bigint, $4::text::text[]) AS begun`,
    [String(seen?.["seen"]), String(source.salt), String(adoption.run), textsText(source.paused)],
  );
  if (row?.["begun"] === true) return adoption;
  throw new StoreBusy(`${name} has changed while a move into it was to begin; try again`);
}

function moveOf(row: Row | undefined): MoveRecord | undefined {
  const run = row?.["run"] ?? null;
  const endedAt = row?.["ended_at"] ?? null;
  if (run === null) return undefined;
  return { run: Number(run), endedAt: endedAt === null ? undefined : Number(endedAt) };
}

/** A whole job as the function reads it. */
function toRecord({ job, notes }: AdoptedJob) {
  return {
    ...changingColumns(job),
    type: job.type,
    payload: job.payload,
    priority: job.priority,
    max_attempts: job.maxAttempts,
    timeout_ms: job.timeoutMs,
    backoff: job.backoff && JSON.stringify(job.backoff),
    unique_until: Number(job.uniqueUntil === "pruned"),
    unique_key: job.uniqueKey,
    created_at: job.createdAt,
    holds_key: holdsKey(job),
    progress: notes?.progress,
    log: notes?.log.map((line) => JSON.stringify(line)),
  };
}
