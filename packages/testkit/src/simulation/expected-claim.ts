import type { ClaimRequest, WaitingJob } from "@turno/core";
import { inClaimOrder } from "../model/model.ts";

/** Which of the jobs that wait a claim takes, in order; `passedOver` says whether a paused type kept others back. */
export function expectedClaim(
  { types, limit, limitOf, slots = limit }: ClaimRequest,
  waiting: Iterable<WaitingJob>,
  paused: ReadonlySet<string>,
): { readonly seqs: readonly number[]; readonly passedOver: boolean } {
  const wanted: WaitingJob[] = [];
  let passedOver = false;
  for (const job of waiting) {
    if (!job.ready || types?.includes(job.type) === false) continue;
    if (paused.has(job.type)) passedOver = true;
    else wanted.push(job);
  }
  const seqs: number[] = [];
  const ofType = new Map<string, number>();
  for (const job of wanted.sort(inClaimOrder)) {
    const taken = ofType.get(job.type) ?? 0;
    if (seqs.length === limit) break;
    if (taken === limitOf?.get(job.type)) continue;
    if (seqs.length >= slots && job.maxAttempts - job.attempt <= 1) break;
    ofType.set(job.type, taken + 1);
    seqs.push(job.seq);
  }
  return { seqs, passedOver };
}
