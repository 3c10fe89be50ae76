import {
  type Examination,
  type Finding,
  notLookedAt,
  type ReadyJobs,
  type Topic,
} from "@turno/core";
import { type Connection, LONG_MS } from "../connection/connection.ts";
import type { Row } from "../connection/queryable.ts";
import { SCHEMA_VERSION } from "../schema/migrations.ts";
import { damagedFinding } from "./damaged-rows.ts";

/** A transaction that is open for so long keeps Postgres from reusing what was deleted since. */
const LONG_TRANSACTION_MS = 300_000;

/** Looks at the queue's tables, at the server, and at who keeps it from tidying up; others go on meanwhile. */
export async function examine(connection: Connection, schema: string): Promise<Examination> {
  const ask = (text: string) => connection.query(text, [], { limitMs: LONG_MS });
  const findings = [
    await orFault("identity", () => identityFinding(ask, schema)),
    await orFault("versions", () => versionsFinding(ask, schema)),
    await orFault("integrity", () => stagingFinding(ask, schema)),
    await orFault("log", () => transactionFinding(ask)),
    await orFault("damaged", () => damagedFinding(connection, schema)),
  ];
  try {
    return { findings, ready: await readyJobs(ask, schema) };
  } catch (error) {
    return { findings: [...findings, notLookedAt("stuck", error)], ready: undefined };
  }
}

type Ask = (text: string) => Promise<readonly Row[]>;

async function identityFinding(ask: Ask, schema: string): Promise<Finding> {
  const [row] =
    await ask(`SELECT current_database() AS database, current_user AS "user", pg_is_in_recovery() AS standby,
    (SELECT sum(pg_total_relation_size(oid))::text FROM pg_class WHERE relnamespace = '${schema}'::regnamespace AND relkind = 'r') AS bytes`);
  const database = String(row?.["database"]);
  const bytes = Number(row?.["bytes"]);
  const facts = { database, schema, user: String(row?.["user"]), bytes };
  const where = `schema ${schema} of the database ${database}, ${Math.ceil(bytes / 2 ** 20)} MiB`;
  if (row?.["standby"] !== true) return { about: "identity", level: "good", message: where, facts };
  return {
    about: "identity",
    level: "bad",
    message: `${where}: this server is a standby, and may only be read`,
    remedy: "connect to the primary, by an address that follows it",
    facts,
  };
}

async function versionsFinding(ask: Ask, schema: string): Promise<Finding> {
  const [row] = await ask(
    `SELECT value::text AS schema, current_setting('server_version') AS server FROM ${schema}.meta WHERE key = 'schema'`,
  );
  const version = Number(row?.["schema"]);
  const facts = { schema: version, PostgreSQL: String(row?.["server"]) };
  const message = `schema ${version}, PostgreSQL ${facts.PostgreSQL}`;
  if (version === SCHEMA_VERSION) return { about: "versions", level: "good", message, facts };
  return {
    about: "versions",
    level: "bad",
    message: `${message}: another Turno has changed the tables, and this program knows schema ${SCHEMA_VERSION}`,
    remedy: "update Turno in this program",
    facts,
  };
}

/** Whether what stands in the narrow tables is what the jobs say: nobody but Turno's functions may write there. */
async function stagingFinding(ask: Ask, schema: string): Promise<Finding> {
  const [row] = await ask(`SELECT
    (SELECT count(*) FROM ${schema}.jobs job WHERE job.state < 2 AND job.due_at IS NULL AND NOT EXISTS (
      SELECT FROM ${schema}.ready staged WHERE staged.seq = job.seq AND staged.type = job.type
        AND staged.rank = -job.priority AND staged.run_at = job.run_at))::text AS unstaged,
    (SELECT count(*) FROM ${schema}.ready staged WHERE NOT EXISTS (
      SELECT FROM ${schema}.jobs job WHERE job.seq = staged.seq AND job.state < 2 AND job.due_at IS NULL))::text AS stray,
    (SELECT count(*) FROM ${schema}.jobs job WHERE job.state = 2 AND NOT EXISTS (
      SELECT FROM ${schema}.claims claim WHERE job.seq = ANY (claim.seqs)))::text AS unclaimed`);
  const facts = {
    unstaged: Number(row?.["unstaged"]),
    stray: Number(row?.["stray"]),
    unclaimed: Number(row?.["unclaimed"]),
  };
  if (Object.values(facts).every((count) => count === 0))
    return {
      about: "integrity",
      level: "good",
      message: "what can be claimed is what the jobs say",
      facts,
    };
  return {
    about: "integrity",
    level: "bad",
    message:
      `somebody has written to the queue's tables: ${facts.unstaged} ready jobs cannot be claimed, ` +
      `${facts.stray} rows of ${schema}.ready name none, ${facts.unclaimed} running jobs are in no claim`,
    remedy: `retry the jobs that wait, and delete the rows of ${schema}.ready that name none`,
    facts,
  };
}

async function transactionFinding(ask: Ask): Promise<Finding> {
  const [row] =
    await ask(`SELECT pid, state, (extract(epoch FROM clock_timestamp() - xact_start) * 1000)::bigint::text AS ms
    FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()
    ORDER BY xact_start LIMIT 1`);
  const oldestMs = row === undefined ? 0 : Number(row["ms"]);
  const facts = { oldestMs, ...(row !== undefined && { pid: Number(row["pid"]) }) };
  if (oldestMs < LONG_TRANSACTION_MS)
    return { about: "log", level: "good", message: "no transaction is open for long", facts };
  return {
    about: "log",
    level: "warning",
    message: `the backend ${facts.pid} has a transaction open for ${Math.round(oldestMs / 60_000)} minutes, and claims get slower as long as it has`,
    remedy: "end it; let it read in shorter transactions, or from a standby",
    facts,
  };
}

async function readyJobs(ask: Ask, schema: string): Promise<readonly ReadyJobs[]> {
  const rows = await ask(
    `SELECT type, count(*)::text AS count, min(run_at)::text AS since FROM ${schema}.ready GROUP BY type`,
  );
  return rows.map(({ type, count, since }) => ({
    type: String(type),
    count: Number(count),
    since: Number(since),
  }));
}

/** What else there is to see may tell why something cannot be looked at. */
async function orFault(about: Topic, see: () => Promise<Finding>): Promise<Finding> {
  try {
    return await see();
  } catch (error) {
    return notLookedAt(about, error);
  }
}
