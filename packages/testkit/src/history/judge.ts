import type { Evidence } from "./evidence.ts";
import type { History } from "./history.ts";
import { attemptsAreCounted } from "./promises/attempts-are-counted.ts";
import { doneTwiceWithCause } from "./promises/done-twice-with-cause.ts";
import { finishedStays } from "./promises/finished-stays.ts";
import { inOrder } from "./promises/in-order.ts";
import { noInnocentDead } from "./promises/no-innocent-dead.ts";
import { noStaleSettling } from "./promises/no-stale-settling.ts";
import { nothingInvented } from "./promises/nothing-invented.ts";
import { nothingLost } from "./promises/nothing-lost.ts";
import { oneHolderOfAKey } from "./promises/one-holder-of-a-key.ts";
import { oneRunAtATime } from "./promises/one-run-at-a-time.ts";
import { processesSurvive } from "./promises/processes-survive.ts";
import { prunedOnlyWhenOld } from "./promises/pruned-only-when-old.ts";
import { refusedIsRefused } from "./promises/refused-is-refused.ts";
import { rowsMatchJobs } from "./promises/rows-match-jobs.ts";
import { runsAgainSoon } from "./promises/runs-again-soon.ts";
import { takenWithCause } from "./promises/taken-with-cause.ts";
import { readHistory } from "./read-history.ts";
import type { Violation } from "./violation.ts";

export type { Violation };

const PROMISES = {
  "nothing lost": nothingLost,
  "nothing invented": nothingInvented,
  "refused is refused": refusedIsRefused,
  "one run at a time": oneRunAtATime,
  "no stale settling": noStaleSettling,
  "attempts are counted": attemptsAreCounted,
  "no innocent dead": noInnocentDead,
  "taken with cause": takenWithCause,
  "done twice with cause": doneTwiceWithCause,
  "in order": inOrder,
  "finished stays": finishedStays,
  "one holder of a key": oneHolderOfAKey,
  "pruned only when old": prunedOnlyWhenOld,
  "runs again soon": runsAgainSoon,
  "processes survive": processesSurvive,
  "rows match jobs": rowsMatchJobs,
} as const satisfies Record<string, (history: History) => Iterable<string>>;

/**
 * The promises that this evidence shows broken: none, if all is well. Accuses only where nothing that may have happened
 * unseen would explain it; throws where the events cannot be a history, such as a run that ends and never began.
 */
export function judge(evidence: Evidence): readonly Violation[] {
  const history = readHistory(evidence);
  return Object.entries(PROMISES).flatMap(([promise, broken]) =>
    Array.from(broken(history), (what) => ({ promise, what })),
  );
}
