import type { Job } from "@turno/core";
import type { Situation } from "./situations.ts";

/** Who writes, and whose the job is. */
export interface Parties {
  /** Whether the worker that holds the job is known. */
  readonly isHolderKnown: boolean;
  readonly isByHolder: boolean;
}

/** What came about with a write, and the promise that it breaks. */
export interface Move {
  readonly met: readonly Situation[];
  readonly broken?: string | undefined;
}

/** Looks at a write that the store has taken: what it made of a job. */
export function checkMove(before: Job, after: Job, parties: Parties): Move {
  const death = after.state === "dead" ? checkDeath(after) : { met: [] };
  if (before.state !== "running")
    return before.state === "pending" || before.state === "failed" ? death : retried(after);
  const move = checkSettling(before, after, parties);
  return { met: [...death.met, ...move.met], broken: death.broken ?? move.broken };
}

function checkSettling(before: Job, after: Job, { isHolderKnown, isByHolder }: Parties): Move {
  if (after.state === "cancelled") return { met: ["a job was cancelled while it ran"] };
  if (wasAbandoned(before, after)) {
    const met: Situation[] = ["a job was abandoned"];
    if (after.state === "dead") met.push("a job died since it was abandoned");
    const broken = "a job is abandoned only if its worker was given up";
    return { met, broken: isHolderKnown ? broken : undefined };
  }
  const broken = isByHolder ? undefined : "a job that is held is settled by its holder only";
  if (after.attempt === before.attempt) return { met: [], broken };
  return {
    met: [after.runAt === before.runAt ? "a job was released" : "a job was snoozed"],
    broken,
  };
}

function checkDeath({ attempt, maxAttempts, failures }: Job): Move {
  if (attempt >= maxAttempts) return { met: ["a job died since its attempts were spent"] };
  const isFatal = failures.at(-1)?.name === "Fatal";
  return {
    met: ["a job died at once"],
    broken: isFatal
      ? undefined
      : "no job dies unless its attempts are spent or its handler says so",
  };
}

function retried(after: Job): Move {
  return { met: after.state === "pending" ? ["a finished job was retried"] : [] };
}

function wasAbandoned({ attempt, failures }: Job, after: Job): boolean {
  const last = after.failures.at(-1);
  const isNew = last?.at !== failures.at(-1)?.at || last?.attempt !== failures.at(-1)?.attempt;
  return (
    last?.kind === "abandoned" && last.attempt === attempt && isNew && after.attempt === attempt
  );
}
