import type { Performed } from "./rehearse.ts";

/** What must be the same whatever befell the processes: the effects, which jobs there are, and how they ended. */
export interface Outcome {
  readonly effects: unknown;
  readonly jobs: readonly unknown[];
}

/** What a rehearsal came to. */
export function outcomeOf({ effects, jobs }: Performed): Outcome {
  const ends = jobs.map(({ type, payload, state }) => ({ type, payload, state }));
  // Ids make good keys, and so are seen in effects; but each store makes its own.
  let text = JSON.stringify({ effects, jobs: ends });
  for (const [index, { id }] of jobs.entries()) text = text.replaceAll(id, `job ${index + 1}`);
  const outcome = JSON.parse(text) as Outcome;
  // In which order follow-up jobs were enqueued is no effect.
  const sorted = outcome.jobs.map((end) => [JSON.stringify(end), end] as const);
  sorted.sort(([a], [b]) => (a < b ? -1 : 1));
  return { effects: outcome.effects, jobs: sorted.map(([, end]) => end) };
}
