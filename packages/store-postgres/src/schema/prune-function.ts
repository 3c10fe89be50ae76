import { ALONG_INDEXES } from "./along-indexes.ts";

/**
 * The function that deletes jobs which were finished in one state up to an instant, a limited number of them, but never
 * the newest of all. Goes along what was finished together, oldest first; what somebody else is pruning is passed over.
 */
export function pruneFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.prune_1(p_state smallint, p_before bigint, p_limit int) RETURNS int LANGUAGE plpgsql
${ALONG_INDEXES}
AS $prune$
DECLARE
  old record;
  v_newest bigint := (SELECT job.seq FROM ${schema}.jobs job ORDER BY job.seq DESC LIMIT 1);
  v_pruned int := 0;
  v_gone bigint[];
  v_left bigint[];
BEGIN
  PERFORM ${schema}.refuse_moving_1();
  FOR old IN SELECT finished.ctid AS tid, finished.seqs FROM ${schema}.finished finished
    WHERE finished.state = p_state AND finished.finished_at <= p_before
    ORDER BY finished.state, finished.finished_at FOR UPDATE SKIP LOCKED
  LOOP
    EXIT WHEN v_pruned >= p_limit;
    WITH free AS (
      SELECT job.ctid FROM ${schema}.jobs job
      WHERE job.seq = ANY (old.seqs) AND job.state = p_state AND job.finished_at <= p_before AND job.seq <> v_newest
      ORDER BY job.seq LIMIT p_limit - v_pruned FOR UPDATE SKIP LOCKED
    ), gone AS (
      DELETE FROM ${schema}.jobs job WHERE job.ctid = ANY (ARRAY(SELECT free.ctid FROM free)) RETURNING job.seq
    ), noted AS (
      DELETE FROM ${schema}.notes noted WHERE noted.seq IN (SELECT gone.seq FROM gone)
    )
    SELECT array_agg(gone.seq) INTO v_gone FROM gone;
    v_pruned := v_pruned + coalesce(cardinality(v_gone), 0);
    SELECT array_agg(job.seq) INTO v_left FROM ${schema}.jobs job
    WHERE job.seq = ANY (old.seqs) AND job.state = p_state AND job.finished_at <= p_before;
    IF v_left IS NULL THEN
      DELETE FROM ${schema}.finished finished WHERE finished.ctid = old.tid;
    ELSIF cardinality(v_left) < cardinality(old.seqs) THEN
      UPDATE ${schema}.finished finished SET seqs = v_left WHERE finished.ctid = old.tid;
    END IF;
  END LOOP;
  RETURN v_pruned;
END
$prune$`;
}
