import { REVISION_LIMIT } from "@turno/core";

/** The functions that `commit_1` calls for what is rare: notes, transitions that are no plain completion, and taken keys. */
export function writeFunctions(schema: string): readonly string[] {
  return [noteFunction(schema), replaceFunction(schema), heldFunction(schema)];
}

/** Adds each note whose job is still held as its writer has read it, as core's `noted` says. */
function noteFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.note_1(p_notes json) RETURNS void LANGUAGE plpgsql AS $note$
DECLARE
  new record;
  v_lines text[];
BEGIN
  FOR new IN SELECT * FROM json_to_recordset(p_notes) AS note (seq bigint, revision bigint, progress text, log text[], most int)
  LOOP
    PERFORM 1 FROM ${schema}.jobs job WHERE job.seq = new.seq AND job.revision = new.revision AND job.state = 2
    FOR NO KEY UPDATE;
    CONTINUE WHEN NOT FOUND;
    v_lines := coalesce((SELECT noted.log FROM ${schema}.notes noted WHERE noted.seq = new.seq), '{}') || new.log;
    v_lines := v_lines[greatest(1, cardinality(v_lines) - new.most + 1):];
    INSERT INTO ${schema}.notes AS noted (seq, progress, log) VALUES (new.seq, new.progress, v_lines)
    ON CONFLICT (seq) DO UPDATE SET progress = coalesce(excluded.progress, noted.progress), log = excluded.log;
  END LOOP;
END
$note$`;
}

/**
 * Writes each job whose stored revision is the one before its own, one after the other. For each: 0 where it was
 * written, 1 where it is stale, and where its key is taken the number of the job that holds it and when that was made.
 */
function replaceFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.replace_1(p_replace json) RETURNS json LANGUAGE plpgsql AS $replace$
DECLARE
  new record;
  old record;
  holder record;
  v_outcomes json[] := '{}';
BEGIN
  FOR new IN SELECT * FROM json_to_recordset(p_replace) AS job (seq bigint, revision bigint, state smallint,
    ready boolean, run_at bigint, attempt int, claimed_at bigint, finished_at bigint, worker bigint, holds_key boolean,
    result text, failures text, rare smallint, damaged boolean)
  LOOP
    SELECT job.* INTO old FROM ${schema}.jobs job WHERE job.seq = new.seq FOR UPDATE;
    -- What a damaged row says may be no revision: core's damaged takes it to the nearest that can still rise.
    IF NOT FOUND OR old.revision <> new.revision - 1
      AND NOT (new.damaged AND least(greatest(old.revision, 1), ${REVISION_LIMIT / 2}) = new.revision - 1) THEN
      v_outcomes := v_outcomes || '1'::json;
      CONTINUE;
    END IF;
    -- A subtransaction costs something, and only who comes to hold a key can find it taken.
    IF new.holds_key AND NOT old.holds_key THEN
      BEGIN
        UPDATE ${schema}.jobs job SET holds_key = true WHERE job.seq = new.seq;
      EXCEPTION WHEN unique_violation THEN
        SELECT job.seq, job.created_at INTO holder FROM ${schema}.jobs job
        WHERE job.type = old.type AND job.unique_key = old.unique_key AND job.holds_key;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'a unique key was let go of while it was asked for' USING ERRCODE = 'serialization_failure';
        END IF;
        IF new.damaged AND new.finished_at IS NOT NULL THEN
          -- It is out of the way all the same, and lets go of the key.
          new.holds_key := false;
        ELSE
          v_outcomes := v_outcomes || json_build_array(holder.seq, holder.created_at);
          CONTINUE;
        END IF;
      END;
    END IF;
    UPDATE ${schema}.jobs job SET state = new.state,
      due_at = CASE WHEN new.state < 2 AND NOT new.ready THEN new.run_at END, run_at = new.run_at,
      attempt = new.attempt, revision = new.revision, claimed_at = new.claimed_at, finished_at = new.finished_at,
      worker = new.worker, holds_key = new.holds_key, result = new.result, failures = new.failures, rare = new.rare
    WHERE job.seq = new.seq;
    IF old.state NOT BETWEEN 2 AND 5 AND old.due_at IS NULL THEN
      DELETE FROM ${schema}.ready staged WHERE staged.type = old.type AND staged.rank = -greatest(old.priority, -2147483647)
        AND staged.run_at = old.run_at AND staged.seq = old.seq;
    END IF;
    IF new.state < 2 AND new.ready THEN
      INSERT INTO ${schema}.ready (type, rank, run_at, seq, is_last)
      VALUES (old.type, -greatest(old.priority, -2147483647), new.run_at, new.seq, new.attempt + 1 >= old.max_attempts);
    END IF;
    IF new.finished_at IS NOT NULL THEN
      INSERT INTO ${schema}.finished (state, finished_at, seqs) VALUES (new.state, new.finished_at, ARRAY[new.seq]);
    END IF;
    v_outcomes := v_outcomes || '0'::json;
  END LOOP;
  RETURN array_to_json(v_outcomes);
END
$replace$`;
}

/**
 * For each of the jobs that were not added the place in the list, the number of the job that holds its key and when that
 * was made.
 */
function heldFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.held_1(p_seqs bigint[], p_kept bigint[], p_kind int[], p_keys text[], k_type text[])
RETURNS json LANGUAGE plpgsql AS $held$
DECLARE
  new record;
  holder record;
  v_held json[] := '{}';
BEGIN
  FOR new IN
    SELECT each.at, each.key, k_type[coalesce(each.kind, 1)] AS type
    FROM unnest(p_seqs, p_kind, p_keys) WITH ORDINALITY AS each (seq, kind, key, at)
    WHERE each.seq <> ALL (coalesce(p_kept, '{}'))
  LOOP
    SELECT job.seq, job.created_at INTO holder FROM ${schema}.jobs job
    WHERE job.type = new.type AND job.unique_key = new.key AND job.holds_key;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'a unique key was let go of while it was asked for' USING ERRCODE = 'serialization_failure';
    END IF;
    v_held := v_held || json_build_array(new.at, holder.seq, holder.created_at);
  END LOOP;
  RETURN array_to_json(v_held);
END
$held$`;
}
