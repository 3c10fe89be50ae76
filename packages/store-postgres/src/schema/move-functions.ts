import { ALONG_INDEXES } from "./along-indexes.ts";

/** The functions by which these tables take over the jobs of another store, and refuse others meanwhile. */
export function moveFunctions(schema: string): readonly string[] {
  return [
    refuseFunction(schema),
    joinFunction(schema),
    pauseFunction(schema),
    identityFunction(schema),
    beginFunction(schema),
    takeFunction(schema),
    endFunction(schema),
  ];
}

/** What Postgres says where a store is half moved: a code of ours. */
export const MOVING_CODE = "TU001";

/** Held by whoever may not be where a move begins; the name of the lock is the schema's. */
function lock(schema: string, kind: "" | "_shared"): string {
  return `PERFORM pg_advisory_xact_lock${kind}(hashtextextended('turno move ${schema}', 0))`;
}

/**
 * Throws while a move is under way. Where a job ever had a number no move can begin, and none is under way: that is nearly
 * always, and asks for no lock.
 */
function refuseFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.refuse_moving_1() RETURNS void LANGUAGE plpgsql AS $refuse$
BEGIN
  IF pg_sequence_last_value('${schema}.numbers') IS NOT NULL THEN
    RETURN;
  END IF;
  ${lock(schema, "_shared")};
  IF (SELECT count(*) FILTER (WHERE meta.key = 'move') > count(*) FILTER (WHERE meta.key = 'moved') FROM ${schema}.meta) THEN
    RAISE EXCEPTION 'the schema ${schema} is half moved from another store' USING ERRCODE = '${MOVING_CODE}';
  END IF;
END
$refuse$`;
}

function joinFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.join_1(p_lease_ms int, p_sign bigint) RETURNS bigint LANGUAGE plpgsql AS $join$
DECLARE
  v_id bigint;
BEGIN
  PERFORM ${schema}.refuse_moving_1();
  INSERT INTO ${schema}.workers (beat, lease_ms, sign) VALUES (0, p_lease_ms, p_sign) RETURNING id INTO v_id;
  RETURN v_id;
END
$join$`;
}

function pauseFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.pause_1(p_type text, p_paused boolean) RETURNS void LANGUAGE plpgsql AS $pause$
BEGIN
  PERFORM ${schema}.refuse_moving_1();
  IF p_paused THEN
    INSERT INTO ${schema}.paused (type) VALUES (p_type) ON CONFLICT DO NOTHING;
  ELSE
    DELETE FROM ${schema}.paused WHERE type = p_type;
  END IF;
END
$pause$`;
}

/** Whose jobs these are, and what is known of a move into them. */
function identityFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.identity_1(OUT salt bigint, OUT run bigint, OUT ended_at bigint, OUT used boolean)
LANGUAGE sql AS $identity$
  SELECT
    (SELECT meta.value FROM ${schema}.meta WHERE meta.key = 'salt'),
    (SELECT meta.value FROM ${schema}.meta WHERE meta.key = 'move'),
    (SELECT meta.value FROM ${schema}.meta WHERE meta.key = 'moved'),
    pg_sequence_last_value('${schema}.numbers') IS NOT NULL OR EXISTS (SELECT FROM ${schema}.jobs)
      OR EXISTS (SELECT FROM ${schema}.workers)
$identity$`;
}

/** Writes what \`begin\` has decided, unless something has changed since it looked: then it says so. */
function beginFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.move_begin_1(p_seen text, p_salt bigint, p_run bigint, p_paused text[])
RETURNS boolean LANGUAGE plpgsql AS $begin$
BEGIN
  ${lock(schema, "")};
  IF (SELECT identity::text FROM ${schema}.identity_1() AS identity) <> p_seen THEN
    RETURN false;
  END IF;
  IF p_run = 1 THEN
    UPDATE ${schema}.meta SET value = p_salt WHERE key = 'salt';
    INSERT INTO ${schema}.paused (type) SELECT unnest(p_paused) ON CONFLICT DO NOTHING;
  END IF;
  INSERT INTO ${schema}.meta (key, value) VALUES ('move', p_run) ON CONFLICT (key) DO UPDATE SET value = p_run;
  RETURN true;
END
$begin$`;
}

/** Takes over whole jobs where the run is the latest of a move that has not ended; says what it has found. */
function takeFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.move_take_1(p_run bigint, p_jobs json, p_gone bigint[], OUT run bigint, OUT ended_at bigint)
LANGUAGE plpgsql
${ALONG_INDEXES}
AS $take$
DECLARE
  v_gone bigint[];
BEGIN
  ${lock(schema, "")};
  SELECT identity.run, identity.ended_at INTO run, ended_at FROM ${schema}.identity_1() AS identity;
  IF run IS DISTINCT FROM p_run OR ended_at IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT p_gone || coalesce(array_agg(new.seq), '{}') || coalesce(array_agg(holder.seq) FILTER (WHERE holder.seq IS NOT NULL), '{}')
  INTO v_gone
  FROM json_to_recordset(p_jobs) AS new (seq bigint, type text, unique_key text, holds_key boolean)
  LEFT JOIN ${schema}.jobs holder
    ON new.holds_key AND holder.holds_key AND holder.type = new.type COLLATE "C" AND holder.unique_key = new.unique_key COLLATE "C";
  WITH old AS (
    DELETE FROM ${schema}.jobs job WHERE job.seq = ANY (v_gone) RETURNING job.seq, job.type, job.priority, job.run_at
  ), noted AS (
    DELETE FROM ${schema}.notes noted WHERE noted.seq = ANY (v_gone)
  )
  DELETE FROM ${schema}.ready staged USING old
  WHERE staged.type = old.type AND staged.rank = -old.priority AND staged.run_at = old.run_at AND staged.seq = old.seq;
  WITH new AS MATERIALIZED (
    SELECT * FROM json_to_recordset(p_jobs) AS job (seq bigint, ready boolean, run_at bigint, created_at bigint,
      revision bigint, claimed_at bigint, finished_at bigint, worker bigint, priority int, attempt int, max_attempts int,
      timeout_ms int, state smallint, rare smallint, unique_until smallint, holds_key boolean, type text, unique_key text,
      backoff text, result text, failures text, payload text, progress text, log text[])
  ), noted AS (
    INSERT INTO ${schema}.notes (seq, progress, log) SELECT new.seq, new.progress, new.log FROM new WHERE new.log IS NOT NULL
  ), staged AS (
    INSERT INTO ${schema}.ready (type, rank, run_at, seq, is_last)
    SELECT new.type, -new.priority, new.run_at, new.seq, new.attempt + 1 >= new.max_attempts
    FROM new WHERE new.state < 2 AND new.ready
  ), told AS (
    INSERT INTO ${schema}.finished (state, finished_at, seqs)
    SELECT new.state, new.finished_at, array_agg(new.seq) FROM new WHERE new.state > 2 GROUP BY new.state, new.finished_at
  ), claimed AS (
    INSERT INTO ${schema}.claims (worker, seqs)
    SELECT new.worker, array_agg(new.seq) FROM new WHERE new.state = 2 GROUP BY new.worker
  )
  INSERT INTO ${schema}.jobs (seq, due_at, run_at, created_at, revision, claimed_at, finished_at, worker, priority, attempt,
    max_attempts, timeout_ms, state, rare, unique_until, holds_key, type, unique_key, backoff, result, failures, payload)
  SELECT new.seq, CASE WHEN new.state < 2 AND NOT new.ready THEN new.run_at END, new.run_at, new.created_at, new.revision,
    new.claimed_at, new.finished_at, new.worker, new.priority, new.attempt, new.max_attempts, new.timeout_ms, new.state,
    new.rare, new.unique_until, new.holds_key, new.type, new.unique_key, new.backoff, new.result, new.failures, new.payload
  FROM new;
END
$take$`;
}

/** Ends the move where the run is the latest of one that has not ended; says what it has found. */
function endFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.move_end_1(p_run bigint, p_seq bigint, p_worker bigint, OUT run bigint, OUT ended_at bigint)
LANGUAGE plpgsql AS $end$
BEGIN
  ${lock(schema, "")};
  SELECT identity.run, identity.ended_at INTO run, ended_at FROM ${schema}.identity_1() AS identity;
  IF run IS DISTINCT FROM p_run OR ended_at IS NOT NULL THEN
    RETURN;
  END IF;
  INSERT INTO ${schema}.meta (key, value) VALUES ('moved', p_seq);
  IF p_seq > 0 THEN
    PERFORM setval('${schema}.numbers', p_seq);
  END IF;
  IF p_worker > 0 THEN
    PERFORM setval(pg_get_serial_sequence('${schema}.workers', 'id'), p_worker);
  END IF;
END
$end$`;
}
