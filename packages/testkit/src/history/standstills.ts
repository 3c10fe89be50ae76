import type { ProcessHistory } from "./process-history.ts";
import { SLACK_MS } from "./slack.ts";
import { countUpTo, merged, type Span } from "./span.ts";

/**
 * While one process was frozen for long enough and no other is known to have written anything; `writtenAt` says in order
 * when somebody had.
 */
export function standstillsOf(
  processes: ReadonlyMap<string, ProcessHistory>,
  writtenAt: readonly number[],
): readonly Span[] {
  const all = [...processes.values()];
  const workers = all.filter(({ works }) => works.length > 0);
  const shortestMs = Math.min(...workers.map(({ silentMs }) => silentMs));
  const still = all
    .flatMap(({ frozen }) => frozen)
    .filter(({ from, to }) => {
      if (to - from < shortestMs) return false;
      const next = writtenAt[countUpTo(writtenAt, from + SLACK_MS)];
      return next === undefined || next >= to;
    });
  return merged(still, 0);
}
