import { ALONG_INDEXES } from "./along-indexes.ts";

/** The function that is a beat: one write where the worker is known, and what it holds. */
export function beatFunction(schema: string): string {
  return `CREATE FUNCTION ${schema}.beat_1(p_worker bigint, OUT known boolean, OUT holds text, OUT version bigint)
LANGUAGE plpgsql
${ALONG_INDEXES}
AS $beat$
BEGIN
  SELECT meta.value INTO version FROM ${schema}.meta meta WHERE meta.key = 'schema';
  UPDATE ${schema}.workers worker SET beat = worker.beat + 1 WHERE worker.id = p_worker;
  known := FOUND;
  holds := '[]';
  IF known THEN
    SELECT coalesce(json_agg(json_build_array(job.seq, job.revision)), '[]')::text INTO holds
    FROM (
      SELECT DISTINCT claimed.seq
      FROM ${schema}.claims claim CROSS JOIN LATERAL unnest(claim.seqs) AS claimed (seq) WHERE claim.worker = p_worker
    ) AS claimed
    JOIN ${schema}.jobs job ON job.seq = claimed.seq AND job.state = 2 AND job.worker = p_worker;
  END IF;
  -- What nobody runs any more needs not be looked for: of this worker, and of those that are gone.
  DELETE FROM ${schema}.claims claim
  WHERE (claim.worker = p_worker OR NOT EXISTS (SELECT FROM ${schema}.workers worker WHERE worker.id = claim.worker))
    AND NOT EXISTS (
      SELECT FROM ${schema}.jobs job WHERE job.seq = ANY (claim.seqs) AND job.state = 2 AND job.worker = claim.worker
    );
END
$beat$`;
}
