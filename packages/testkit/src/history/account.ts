import type { Evidence } from "./evidence.ts";
import type { JobHistory } from "./job-history.ts";
import { readHistory } from "./read-history.ts";

/** A history in numbers. */
export interface Account {
  /** Jobs whose enqueueing was acknowledged, to whoever added them. */
  readonly acknowledged: number;
  /** Jobs that were handed in without an answer, or with none that says whether they were stored. */
  readonly unanswered: number;
  readonly refused: number;
  readonly completed: number;
  readonly dead: number;
  readonly cancelled: number;
  /** Acknowledged jobs that are not there in the end. */
  readonly missing: number;
  readonly runs: number;
  /** Jobs one of whose runs did not survive its process, and that were run again. */
  readonly ranAgain: number;
  /** Jobs whose handler returned more than once. */
  readonly doneTwice: number;
  /** Jobs that were told to have been taken from another worker. */
  readonly abandoned: number;
  readonly processes: number;
  readonly killed: number;
  /** Processes that ended themselves, as they had announced. */
  readonly died: number;
  readonly asked: number;
  /** How often a process was frozen. */
  readonly frozen: number;
}

/** Counts what happened, whether it should have happened or not: what should not have is what `judge` tells. */
export function account(evidence: Evidence): Account {
  const { jobs, handIns, processes, runs } = readHistory(evidence);
  const all = [...jobs.values()];
  const handedIn = [...handIns.values()].flat();
  const every = [...processes.values()];
  const inState = (state: string) => all.filter(({ final }) => final?.state === state).length;
  const did = (at: number) => at < Number.POSITIVE_INFINITY;
  return {
    acknowledged: all.filter(({ handIn }) => handIn !== undefined).length,
    unanswered: handedIn.filter(({ as, call }) => as === undefined && !call.isRefused).length,
    refused: handedIn.filter(({ call }) => call.isRefused).length,
    completed: inState("completed"),
    dead: inState("dead"),
    cancelled: inState("cancelled"),
    missing: all.filter(({ handIn, final }) => handIn !== undefined && !final).length,
    runs: runs.size,
    ranAgain: all.filter(ranAgain).length,
    doneTwice: all.filter(wasDoneTwice).length,
    abandoned: all.filter(({ tells }) => tells.some(({ event }) => event.startsWith("abandoned")))
      .length,
    processes: every.length,
    killed: every.filter(({ killedAt }) => did(killedAt)).length,
    died: every.filter(({ diedAt }) => did(diedAt)).length,
    asked: every.filter(({ askedAt }) => did(askedAt)).length,
    frozen: every.reduce((sum, { frozen }) => sum + frozen.length, 0),
  };
}

function ranAgain({ runs }: JobHistory): boolean {
  const cut = runs.findIndex((run) => run.cutAt < Number.POSITIVE_INFINITY);
  return cut >= 0 && cut < runs.length - 1;
}

function wasDoneTwice({ runs }: JobHistory): boolean {
  return runs.filter(({ end }) => end?.how === "returned").length > 1;
}
