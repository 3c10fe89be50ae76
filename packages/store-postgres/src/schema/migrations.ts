import { checkSchemaName } from "./schema-name.ts";
import { beatFunction } from "./beat-function.ts";
import { claimFunction } from "./claim-function.ts";
import { commitFunction } from "./commit-function.ts";
import { moveFunctions } from "./move-functions.ts";
import { pruneFunction } from "./prune-function.ts";
import { writeFunctions } from "./write-functions.ts";

/** A step from one version of the tables to the next. */
export interface Migration {
  /** The version that it leads to. */
  readonly version: number;
  /** Its statements, each ended by a semicolon. They are one transaction's work. */
  readonly sql: string;
}

/** The version of the tables that this code reads and writes. */
export const SCHEMA_VERSION = 1;

/**
 * What leads from an empty database to the tables of this version, for who runs SQL by hand: in order, each in a
 * transaction. Run those whose version is above the one that `<schema>.meta` tells, then open the store with
 * `migrate: false`. Throws a TypeError where `schema` cannot be the name of one.
 */
export function migrations(schema = "turno"): readonly Migration[] {
  checkSchemaName(schema);
  return STEPS.map((step, index) => ({
    version: index + 1,
    sql: [...step(schema), `UPDATE ${schema}.meta SET value = ${index + 1} WHERE key = 'schema'`]
      .map((statement) => `${statement};\n`)
      .join("\n"),
  }));
}

/** What was published is never changed: what programs of the former version call stays, and works. */
const STEPS: readonly ((schema: string) => readonly string[])[] = [
  (schema) => [
    // IF NOT EXISTS asks for the right to create one even where there is one.
    `DO $schema$ BEGIN IF to_regnamespace('${schema}') IS NULL THEN CREATE SCHEMA ${schema}; END IF; END $schema$`,
    `CREATE TABLE ${schema}.meta (key text PRIMARY KEY, value bigint NOT NULL)`,
    // A database of its own has numbers of its own: no other has the same.
    `INSERT INTO ${schema}.meta (key, value) VALUES ('schema', 0), ('salt', floor(random() * 2 ^ 34)::bigint)`,
    `CREATE SEQUENCE ${schema}.numbers`,
    // Whatever is written again and again stands in no index, so that a new version of a row lies beside the old one and
    // no index has to be told (a heap-only tuple). Hence the room that each page keeps: jobs that came together are claimed
    // together, and for each of a page's there has to be a new version, a little longer, before an old one can be dropped.
    `CREATE TABLE ${schema}.jobs (
      seq bigint PRIMARY KEY,
      due_at bigint,
      run_at bigint NOT NULL,
      created_at bigint NOT NULL,
      revision bigint NOT NULL,
      claimed_at bigint,
      finished_at bigint,
      worker bigint,
      priority int NOT NULL,
      attempt int NOT NULL,
      max_attempts int NOT NULL,
      timeout_ms int,
      state smallint NOT NULL,
      rare smallint,
      unique_until smallint NOT NULL,
      holds_key boolean NOT NULL,
      type text COLLATE "C" NOT NULL,
      unique_key text COLLATE "C",
      backoff text,
      result text,
      failures text,
      payload text NOT NULL
    ) WITH (fillfactor = 45, toast_tuple_target = 512,
      autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.1)`,
    `CREATE INDEX jobs_due ON ${schema}.jobs (due_at, seq) WHERE due_at IS NOT NULL`,
    `CREATE UNIQUE INDEX jobs_key ON ${schema}.jobs (type, unique_key) WHERE holds_key`,
    `CREATE INDEX jobs_rare ON ${schema}.jobs (rare, seq) WHERE rare IS NOT NULL`,
    // The jobs that can be claimed now, and nothing else: what waits for later or is finished costs a claim nothing.
    `CREATE TABLE ${schema}.ready (
      seq bigint NOT NULL,
      run_at bigint NOT NULL,
      rank int NOT NULL,
      is_last boolean NOT NULL,
      type text COLLATE "C" NOT NULL
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0)`,
    `CREATE UNIQUE INDEX ready_order ON ${schema}.ready (type, rank, run_at, seq)`,
    // What was claimed together: by it the jobs of a worker are found. A row of it may name what is settled since.
    `CREATE TABLE ${schema}.claims (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      worker bigint NOT NULL,
      seqs bigint[] NOT NULL
    ) WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`,
    `CREATE INDEX claims_worker ON ${schema}.claims (worker, id)`,
    // What was finished together: by it old jobs are found. A row of it may name what is there no more.
    `CREATE TABLE ${schema}.finished (
      finished_at bigint NOT NULL,
      state smallint NOT NULL,
      seqs bigint[] NOT NULL
    ) WITH (toast_tuple_target = 8160)`,
    `CREATE INDEX finished_order ON ${schema}.finished (state, finished_at)`,
    `CREATE TABLE ${schema}.notes (seq bigint PRIMARY KEY, progress text, log text[] NOT NULL)`,
    `CREATE TABLE ${schema}.workers (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      beat bigint NOT NULL,
      lease_ms int NOT NULL,
      sign bigint
    ) WITH (fillfactor = 50)`,
    `CREATE TABLE ${schema}.paused (type text COLLATE "C" PRIMARY KEY)`,
    ...moveFunctions(schema),
    ...writeFunctions(schema),
    beatFunction(schema),
    pruneFunction(schema),
    claimFunction(schema),
    commitFunction(schema),
  ],
];
