import { ALONG_INDEXES } from "./along-indexes.ts";

/**
 * The function that is `Store.commit`, all of it in one statement and so in one round trip: in a transaction of its own,
 * or of the caller's. What a job may become is decided by who calls; here it is written, guarded by revisions.
 */
export function commitFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.commit_1(
  p_now bigint,
  p_notes json,
  p_completed bigint[], p_revisions bigint[], p_finished bigint[], p_holds boolean[], p_results text[],
  p_replace json,
  p_kind int[], p_payloads text[], p_keys text[],
  k_type text[], k_priority int[], k_run_at bigint[], k_ready boolean[], k_max_attempts int[], k_timeout_ms int[],
  k_backoff text[], k_until smallint[], k_created_at bigint[],
  p_worker bigint, p_types text[], p_limited text[], p_limits int[], p_limit int, p_slots int,
  p_channel text, p_bell text, p_wait_ms int
) RETURNS TABLE (
  outcome text, seq bigint, state smallint, type text, priority int, run_at bigint, attempt int, max_attempts int,
  revision bigint, created_at bigint, claimed_at bigint, worker bigint, timeout_ms int, unique_until smallint,
  unique_key text, backoff text, failures text, payload text
) LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
${ALONG_INDEXES}
AS $commit$
#variable_conflict use_column
DECLARE
  v_done bigint[];
  v_replaced json;
  v_seqs bigint[];
  v_kept bigint[];
  v_held json;
  v_known boolean := true;
BEGIN
  -- A caller's transaction waits as the caller has it.
  IF p_wait_ms IS NOT NULL THEN
    PERFORM set_config('lock_timeout', p_wait_ms::text, true);
  END IF;
  PERFORM ${schema}.refuse_moving_1();

  IF p_notes IS NOT NULL THEN
    PERFORM ${schema}.note_1(p_notes);
  END IF;

  IF p_completed IS NOT NULL THEN
    WITH written AS (
      UPDATE ${schema}.jobs job SET state = 3, finished_at = new.finished_at, worker = NULL,
        holds_key = coalesce(new.holds_key, false), result = new.result, revision = new.revision
      FROM unnest(p_completed, p_revisions, p_finished, p_holds, p_results)
        AS new (seq, revision, finished_at, holds_key, result)
      WHERE job.seq = new.seq AND job.revision = new.revision - 1 AND job.state = 2
      RETURNING job.seq, job.finished_at
    ), told AS (
      INSERT INTO ${schema}.finished (state, finished_at, seqs)
      SELECT 3, written.finished_at, array_agg(written.seq) FROM written GROUP BY written.finished_at
    )
    SELECT array_agg(written.seq) INTO v_done FROM written;
  END IF;

  IF p_replace IS NOT NULL THEN
    v_replaced := ${schema}.replace_1(p_replace);
  END IF;

  IF p_payloads IS NOT NULL THEN
    SELECT array_agg(nextval('${schema}.numbers')) INTO v_seqs FROM generate_series(1, cardinality(p_payloads));
    IF p_keys IS NULL THEN
      WITH added AS (
        INSERT INTO ${schema}.jobs (${ADDED})
        SELECT each.seq, 0, CASE WHEN k_ready[each.kind] THEN NULL ELSE k_run_at[each.kind] END, k_type[each.kind],
          k_priority[each.kind], k_run_at[each.kind], 0, k_max_attempts[each.kind], 1, k_created_at[each.kind],
          k_timeout_ms[each.kind], k_until[each.kind], false, NULL, k_backoff[each.kind], each.payload
        FROM (
          SELECT each.seq, coalesce(each.kind, 1) AS kind, each.payload
          FROM unnest(v_seqs, p_kind, p_payloads) AS each (seq, kind, payload)
        ) AS each
      )
      INSERT INTO ${schema}.ready (type, rank, run_at, seq, is_last)
      SELECT k_type[each.kind], -k_priority[each.kind], k_run_at[each.kind], each.seq, k_max_attempts[each.kind] <= 1
      FROM (SELECT each.seq, coalesce(each.kind, 1) AS kind FROM unnest(v_seqs, p_kind) AS each (seq, kind)) AS each
      WHERE k_ready[each.kind];
    ELSE
      WITH added AS (
        INSERT INTO ${schema}.jobs (${ADDED})
        SELECT new.seq, 0, CASE WHEN k_ready[new.kind] THEN NULL ELSE k_run_at[new.kind] END, k_type[new.kind],
          k_priority[new.kind], k_run_at[new.kind], 0, k_max_attempts[new.kind], 1, k_created_at[new.kind],
          k_timeout_ms[new.kind], k_until[new.kind], new.key IS NOT NULL, new.key, k_backoff[new.kind], new.payload
        FROM (
          SELECT each.seq, coalesce(each.kind, 1) AS kind, each.payload, each.key
          FROM unnest(v_seqs, p_kind, p_payloads, p_keys) AS each (seq, kind, payload, key)
          -- In one order for all, or two that add the same keys could wait for each other.
          ORDER BY k_type[coalesce(each.kind, 1)], each.key, each.seq
        ) AS new
        ON CONFLICT (type, unique_key) WHERE holds_key DO NOTHING
        RETURNING seq, type, priority, run_at, max_attempts, due_at
      ), staged AS (
        INSERT INTO ${schema}.ready (type, rank, run_at, seq, is_last)
        SELECT added.type, -added.priority, added.run_at, added.seq, added.max_attempts <= 1
        FROM added WHERE added.due_at IS NULL
      )
      SELECT array_agg(added.seq) INTO v_kept FROM added;
      IF coalesce(cardinality(v_kept), 0) < cardinality(v_seqs) THEN
        v_held := ${schema}.held_1(v_seqs, v_kept, p_kind, p_keys, k_type);
      END IF;
    END IF;
  END IF;

  IF p_worker IS NOT NULL THEN
    v_known := EXISTS (SELECT FROM ${schema}.workers WHERE id = p_worker);
    IF v_known THEN
      RETURN QUERY SELECT NULL::text, claimed.*
        FROM ${schema}.claim_1(p_now, p_worker, p_types, p_limited, p_limits, p_limit, p_slots) AS claimed;
    END IF;
  END IF;

  IF p_bell IS NOT NULL THEN
    PERFORM pg_notify(p_channel, p_bell);
  END IF;

  outcome := json_build_object(
    'done', CASE WHEN cardinality(v_done) = cardinality(p_completed) THEN NULL ELSE coalesce(v_done, '{}') END,
    'replaced', v_replaced, 'seqs', v_seqs, 'held', v_held, 'known', v_known,
    'salt', (SELECT meta.value FROM ${schema}.meta meta WHERE meta.key = 'salt'),
    'now', floor(extract(epoch FROM clock_timestamp()) * 1000)
  )::text;
  seq := NULL;
  RETURN NEXT;
END
$commit$`;
}

/** The columns that a new job has. */
const ADDED =
  "seq, state, due_at, type, priority, run_at, attempt, max_attempts, revision, created_at, timeout_ms, unique_until, " +
  "holds_key, unique_key, backoff, payload";
