import { PAYLOAD } from "../read/job-row.ts";

/**
 * The function that claims: makes due jobs ready, and starts ready jobs in claim order as core's `start` and
 * `claimPicker` say. It waits for nobody: a job whose row somebody else has locked is passed over. It locks no job but
 * those that it starts, or others would pass over what nobody takes.
 *
 * A claim among many types reads a few jobs of each, and takes them as far as it knows that it has seen all that comes before.
 */
export function claimFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.claim_1(
  p_now bigint, p_worker bigint, p_types text[], p_limited text[], p_limits int[], p_limit int, p_slots int
) RETURNS TABLE (
  seq bigint, state smallint, type text, priority int, run_at bigint, attempt int, max_attempts int, revision bigint,
  created_at bigint, claimed_at bigint, worker bigint, timeout_ms int, unique_until smallint, unique_key text,
  backoff text, failures text, payload text
) LANGUAGE plpgsql
AS $claim$
#variable_conflict use_column
DECLARE
  v_open text[];
  v_paused text[];
  v_left int[] := p_limits;
  v_each int;
  v_ask int;
  v_taken int := 0;
  v_got int;
  v_rank int := -2147483648;
  v_run_at bigint := -1;
  v_seq bigint := -1;
  v_found int;
  v_more boolean;
  c_tids tid[];
  c_seqs bigint[];
  c_types text[];
  c_ranks int[];
  c_run_ats bigint[];
  c_lasts boolean[];
  v_tids tid[];
  v_seqs bigint[];
  v_chosen int[];
  v_claimed bigint[] := '{}';
  v_stop boolean := false;
  v_limit int;
  v_at int;
BEGIN
  IF EXISTS (SELECT FROM ${schema}.jobs WHERE due_at <= p_now) THEN
    WITH due AS (
      SELECT job.seq FROM ${schema}.jobs job WHERE job.due_at <= p_now ORDER BY job.due_at, job.seq LIMIT 1000
      FOR UPDATE SKIP LOCKED
    ), made AS (
      UPDATE ${schema}.jobs job SET due_at = NULL FROM due WHERE job.seq = due.seq
      RETURNING job.type, job.priority, job.run_at, job.seq, job.attempt, job.max_attempts
    )
    INSERT INTO ${schema}.ready (type, rank, run_at, seq, is_last)
    SELECT made.type, -greatest(made.priority, -2147483647), made.run_at, made.seq,
      made.attempt::bigint + 1 >= made.max_attempts FROM made;
  END IF;

  IF p_types IS NULL THEN
    WITH RECURSIVE leap (type) AS (
      (SELECT staged.type FROM ${schema}.ready staged ORDER BY staged.type LIMIT 1)
      UNION ALL
      SELECT (SELECT staged.type FROM ${schema}.ready staged WHERE staged.type > leap.type ORDER BY staged.type LIMIT 1)
      FROM leap WHERE leap.type IS NOT NULL
    ) SELECT array_agg(leap.type) INTO v_open FROM leap WHERE leap.type IS NOT NULL;
  ELSIF cardinality(p_types) > 8 THEN
    SELECT array_agg(wanted.type) INTO v_open FROM unnest(p_types) AS wanted (type)
      WHERE EXISTS (SELECT FROM ${schema}.ready staged WHERE staged.type = wanted.type COLLATE "C");
  ELSE
    v_open := p_types;
  END IF;
  SELECT array_agg(paused.type) INTO v_paused FROM ${schema}.paused paused;
  IF v_paused IS NOT NULL OR v_left IS NOT NULL THEN
    SELECT array_agg(wanted.type) INTO v_open FROM unnest(v_open) AS wanted (type)
      WHERE wanted.type <> ALL (coalesce(v_paused, '{}'))
        AND coalesce(v_left[array_position(p_limited, wanted.type)], 1) > 0;
  END IF;

  WHILE NOT v_stop AND cardinality(v_open) > 0 AND v_taken < p_limit LOOP
    v_ask := least(p_limit - v_taken, 1000);
    v_more := false;
    IF cardinality(v_open) = 1 THEN
      SELECT array_agg(first.tid), array_agg(first.seq), array_agg(v_open[1]), array_agg(first.is_last),
        array_agg(first.rank), array_agg(first.run_at)
      INTO c_tids, c_seqs, c_types, c_lasts, c_ranks, c_run_ats
      FROM (
        SELECT staged.ctid AS tid, staged.rank, staged.run_at, staged.seq, staged.is_last FROM ${schema}.ready staged
        WHERE staged.type = v_open[1] AND (staged.rank, staged.run_at, staged.seq) > (v_rank, v_run_at, v_seq)
        ORDER BY staged.rank, staged.run_at, staged.seq LIMIT v_ask
      ) AS first;
      v_found := coalesce(cardinality(c_seqs), 0);
      v_more := v_found = v_ask;
    ELSE
      v_each := CASE WHEN cardinality(v_open) <= 4 THEN v_ask
        ELSE least(v_ask, greatest(16, 2 * v_ask / cardinality(v_open))) END;
      WITH first AS MATERIALIZED (
        SELECT wanted.type, each.* FROM unnest(v_open) AS wanted (type) CROSS JOIN LATERAL (
          SELECT staged.ctid AS tid, staged.rank, staged.run_at, staged.seq, staged.is_last,
            row_number() OVER (ORDER BY staged.rank, staged.run_at, staged.seq) AS place
          FROM ${schema}.ready staged
          WHERE staged.type = wanted.type COLLATE "C"
            AND (staged.rank, staged.run_at, staged.seq) > (v_rank, v_run_at, v_seq)
          ORDER BY staged.rank, staged.run_at, staged.seq LIMIT v_each
        ) AS each
      ), known AS (
        SELECT first.rank, first.run_at, first.seq FROM first WHERE first.place = v_each
        ORDER BY first.rank, first.run_at, first.seq LIMIT 1
      ), sorted AS (
        SELECT first.* FROM first
        WHERE NOT EXISTS (
          SELECT FROM known WHERE (first.rank, first.run_at, first.seq) > (known.rank, known.run_at, known.seq)
        )
        ORDER BY first.rank, first.run_at, first.seq LIMIT v_ask
      )
      SELECT array_agg(sorted.tid), array_agg(sorted.seq), array_agg(sorted.type), array_agg(sorted.is_last),
        array_agg(sorted.rank), array_agg(sorted.run_at), (SELECT count(*) FROM known) > 0 OR count(*) = v_ask
      INTO c_tids, c_seqs, c_types, c_lasts, c_ranks, c_run_ats, v_more
      FROM sorted;
      v_found := coalesce(cardinality(c_seqs), 0);
    END IF;
    EXIT WHEN v_found = 0;
    v_at := v_found;

    IF v_left IS NULL AND (v_taken + v_found <= p_slots OR NOT true = ANY (c_lasts)) THEN
      v_tids := c_tids;
      v_seqs := c_seqs;
      v_chosen := NULL;
    ELSE
      v_chosen := '{}';
      FOR i IN 1..v_found LOOP
        v_limit := array_position(p_limited, c_types[i]);
        IF v_limit IS NOT NULL AND v_left[v_limit] <= 0 THEN
          CONTINUE;
        END IF;
        IF v_taken + cardinality(v_chosen) >= p_slots AND c_lasts[i] THEN
          v_stop := true;
          v_at := i - 1;
          EXIT;
        END IF;
        v_chosen := v_chosen || i;
        IF v_limit IS NOT NULL THEN
          v_left[v_limit] := v_left[v_limit] - 1;
        END IF;
      END LOOP;
      SELECT coalesce(array_agg(c_tids[chosen.at]), '{}'), coalesce(array_agg(c_seqs[chosen.at]), '{}')
        INTO v_tids, v_seqs FROM unnest(v_chosen) AS chosen (at);
    END IF;

    IF v_at > 0 THEN
      v_rank := c_ranks[v_at];
      v_run_at := c_run_ats[v_at];
      v_seq := c_seqs[v_at];
    END IF;
    IF cardinality(v_seqs) > 0 THEN
      RETURN QUERY
      WITH free AS (
        SELECT job.ctid, wanted.tid FROM unnest(v_seqs, v_tids) AS wanted (seq, tid)
        -- Since it was looked for, somebody else may have claimed and released it: then it is ready at another place, and left.
        JOIN ${schema}.ready staged ON staged.ctid = wanted.tid AND staged.seq = wanted.seq
        JOIN ${schema}.jobs job ON job.seq = wanted.seq AND job.state IN (0, 1) AND job.due_at IS NULL
        FOR UPDATE OF job SKIP LOCKED
      ), started AS (
        -- Somebody may have written the greatest numbers there are: what is damaged holds up nobody else.
        UPDATE ${schema}.jobs job SET state = 2, attempt = least(job.attempt, 2147483646) + 1,
          revision = least(job.revision, 9223372036854775806) + 1,
          worker = p_worker, claimed_at = p_now
        FROM free WHERE job.ctid = free.ctid
        RETURNING free.tid, job.seq, job.state, job.type, job.priority, job.run_at, job.attempt, job.max_attempts, job.revision,
          job.created_at, job.claimed_at, job.worker, job.timeout_ms, job.unique_until, job.unique_key, job.backoff,
          job.failures, ${PAYLOAD}
      ), gone AS (
        DELETE FROM ${schema}.ready staged USING started WHERE staged.ctid = started.tid AND staged.seq = started.seq
      )
      SELECT started.seq, started.state, started.type, started.priority, started.run_at, started.attempt,
        started.max_attempts, started.revision, started.created_at, started.claimed_at, started.worker,
        started.timeout_ms, started.unique_until, started.unique_key, started.backoff, started.failures, started.payload
      FROM started;
      GET DIAGNOSTICS v_got = ROW_COUNT;
      v_taken := v_taken + v_got;
      v_claimed := v_claimed || v_seqs;
      IF v_got < cardinality(v_seqs) THEN
        -- What is ready though its job does not wait was written by hand. A state that is none is for the caller to bury.
        DELETE FROM ${schema}.ready staged WHERE staged.ctid = ANY (v_tids) AND NOT EXISTS (
          SELECT FROM ${schema}.jobs job WHERE job.seq = staged.seq
            AND (job.state IN (0, 1) AND job.due_at IS NULL OR job.state NOT BETWEEN 0 AND 5)
        );
        RETURN QUERY
        SELECT job.seq, job.state, job.type, job.priority, job.run_at, job.attempt, job.max_attempts, job.revision,
          job.created_at, job.claimed_at, job.worker, job.timeout_ms, job.unique_until, job.unique_key, job.backoff,
          job.failures, ${PAYLOAD}
        FROM ${schema}.ready staged JOIN ${schema}.jobs job ON job.seq = staged.seq
        WHERE staged.ctid = ANY (v_tids) AND job.state NOT BETWEEN 0 AND 5;
        -- Others have the rest, and what was decided because of them is decided anew.
        v_stop := false;
        v_more := true;
        IF v_left IS NOT NULL THEN
          SELECT array_agg(most.of - (
            SELECT count(*) FROM ${schema}.jobs job
            WHERE job.seq = ANY (v_claimed) AND job.worker = p_worker AND job.state = 2 AND job.claimed_at = p_now
              AND job.type = most.type
          )::int ORDER BY most.at) INTO v_left
          FROM unnest(p_limited, p_limits) WITH ORDINALITY AS most (type, of, at);
        END IF;
      END IF;
    END IF;
    IF v_left IS NOT NULL THEN
      SELECT array_agg(wanted.type) INTO v_open FROM unnest(v_open) AS wanted (type)
        WHERE coalesce(v_left[array_position(p_limited, wanted.type)], 1) > 0;
    END IF;
    EXIT WHEN NOT v_more;
  END LOOP;

  IF v_taken > 0 THEN
    INSERT INTO ${schema}.claims (worker, seqs) VALUES (p_worker, v_claimed);
    -- What came of the oldest two, mostly: all of it is settled.
    DELETE FROM ${schema}.claims claim
    WHERE claim.id = ANY (ARRAY(
      SELECT old.id FROM ${schema}.claims old WHERE old.worker = p_worker ORDER BY old.id LIMIT 2
    )) AND NOT EXISTS (
      SELECT FROM ${schema}.jobs job WHERE job.seq = ANY (claim.seqs) AND job.state = 2 AND job.worker = p_worker
    );
  END IF;
END
$claim$`;
}
