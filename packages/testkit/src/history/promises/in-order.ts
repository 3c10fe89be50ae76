import { described, time } from "../describe.ts";
import type { History } from "../history.ts";
import type { JobHistory } from "../job-history.ts";
import { coveredMs, countUpTo, merged } from "../span.ts";

/** A job that could be started at once, as its producer says it. */
interface Ready {
  readonly job: JobHistory;
  readonly priority: number;
  readonly invokedAt: number;
  readonly storedAt: number;
  readonly startedAt: number;
}

/**
 * Of two jobs of one type the one with the higher priority, and of equals the one that was stored before the other was
 * handed in, starts first, or not much later. What befell a process meanwhile excuses, since it may have held the job.
 */
export function* inOrder(history: History): Generator<string> {
  const { aheadMs } = history.terms;
  if (aheadMs === undefined) return;
  const troubles = troublesOf(history);
  const blocks = merged(
    [...history.processes.values()].flatMap((process) => process.blocks),
    0,
  );
  for (const jobs of readyByType(history).values()) {
    for (const [first, second] of overtaken(jobs, aheadMs, history.jumpedMs === 0)) {
      const { storedAt, startedAt, job } = first;
      const isTroubled = countUpTo(troubles, startedAt) > countUpTo(troubles, storedAt);
      if (isTroubled || job.cancels.length > 0 || job.retries.length > 0) continue;
      // Handlers that hold up their event loop hold up what is claimed behind them.
      const heldUpMs = coveredMs(blocks, second.startedAt, startedAt);
      if (startedAt - second.startedAt - heldUpMs <= aheadMs) continue;
      const [firstRun] = job.runs;
      const [secondRun] = second.job.runs;
      if (firstRun === undefined || secondRun === undefined) continue;
      yield `job ${job.id} (priority ${first.priority}, stored by ${time(history, storedAt)}) started ${Math.round(startedAt - second.startedAt)} ms after job ${second.job.id} (priority ${second.priority}, handed in at ${time(history, second.invokedAt)}): ${described(history, firstRun)}, ${described(history, secondRun)}`;
    }
  }
}

function readyByType({ jobs }: History): Map<string, Ready[]> {
  const byType = new Map<string, Ready[]>();
  for (const job of jobs.values()) {
    const [run] = job.runs;
    if (job.handIn === undefined || run === undefined) continue;
    const { call, job: handedIn } = job.handIn;
    if (handedIn.delayMs > 0) continue;
    const { type, priority } = handedIn;
    const { invokedAt, answeredAt: storedAt } = call;
    const ready = { job, priority, invokedAt, storedAt, startedAt: run.startedAt };
    const same = byType.get(type);
    if (same === undefined) byType.set(type, [ready]);
    else same.push(ready);
  }
  return byType;
}

/** When something befell a process, in order. */
function troublesOf({ processes }: History): readonly number[] {
  const found: number[] = [];
  for (const process of processes.values()) {
    const { killedAt, diedAt, askedAt, stoppedAt, exit, frozen, hindrances, troubledAt } = process;
    found.push(killedAt, diedAt, askedAt, stoppedAt, exit?.at ?? killedAt);
    for (const { from, to } of [...frozen, ...hindrances]) found.push(from, to);
    for (const at of troubledAt) found.push(at);
  }
  return found.sort((a, b) => a - b);
}

/**
 * For each job the earliest-started of those that should have come after it, where that was too early. Equal priorities
 * count only where the wall clocks agree, since who stands first is told by them.
 */
function* overtaken(jobs: readonly Ready[], aheadMs: number, equalsCount: boolean) {
  const priorities = [...new Set(jobs.map(({ priority }) => priority))].sort((a, b) => a - b);
  const rankOf = new Map(priorities.map((priority, rank) => [priority, rank]));
  const rank = ({ priority }: Ready) => rankOf.get(priority) ?? 0;
  const earliest = new EarliestUpTo(priorities.length);
  const laterFirst = jobs.toSorted((a, b) => b.invokedAt - a.invokedAt);
  let next = 0;
  for (const first of jobs.toSorted((a, b) => b.storedAt - a.storedAt)) {
    for (;;) {
      const later = laterFirst[next];
      if (later === undefined || later.invokedAt <= first.storedAt) break;
      earliest.add(rank(later), later);
      next++;
    }
    const second = earliest.upTo(rank(first) - (equalsCount ? 0 : 1));
    if (second !== undefined && second.startedAt + aheadMs < first.startedAt)
      yield [first, second] as const;
  }
}

/** Knows of all jobs up to a rank the one that started first: a Fenwick tree. */
class EarliestUpTo {
  readonly #tree: (Ready | undefined)[];

  constructor(ranks: number) {
    this.#tree = Array.from({ length: ranks + 1 });
  }

  add(rank: number, ready: Ready): void {
    for (let at = rank + 1; at < this.#tree.length; at += at & -at) {
      const known = this.#tree[at];
      if (known === undefined || ready.startedAt < known.startedAt) this.#tree[at] = ready;
    }
  }

  upTo(rank: number): Ready | undefined {
    let earliest: Ready | undefined;
    for (let at = rank + 1; at > 0; at -= at & -at) {
      const known = this.#tree[at];
      if (known !== undefined && (earliest === undefined || known.startedAt < earliest.startedAt))
        earliest = known;
    }
    return earliest;
  }
}
