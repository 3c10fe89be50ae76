import type { HistoryEvent, Violation } from "@turno/testkit";

/** For how long an event loop may stand still because of what others do to the database. */
const LONGEST_MS = 250;

/** What begins while something is amiss may end a moment later. */
const LATE_MS = 1_000;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The longest that an event loop stood still, in milliseconds: those of the queue's processes, and what is the machine's. */
export interface Gaps {
  readonly worstMs: number;
  /** Of processes that nothing held up: another program meanwhile, and the queue's while all was well. */
  readonly machineMs: number;
}

/** How the event loops went on while something was amiss; `others` are programs that only stood by. */
export function gapsDuring(
  events: readonly HistoryEvent[],
  amiss: readonly Span[],
  others: ReadonlySet<string>,
): Gaps {
  let worstMs = 0;
  let machineMs = 0;
  for (const event of events) {
    if (event.kind !== "gap") continue;
    const { at, ms } = event;
    const isAmiss = amiss.some(({ from, to }) => at >= from && at - ms <= to + LATE_MS);
    if (isAmiss && !others.has(event.process)) worstMs = Math.max(worstMs, ms);
    else machineMs = Math.max(machineMs, ms);
  }
  return { worstMs, machineMs };
}

/** No event loop stood still for longer than is allowed, and than a busy machine explains. */
export function* turnsOn({ worstMs, machineMs }: Gaps): Generator<Violation> {
  if (worstMs <= LONGEST_MS + machineMs) return;
  const what = `one stood still for ${worstMs} ms, where the machine alone makes it ${machineMs} ms at the most`;
  yield { promise: "event loops go on", what };
}
