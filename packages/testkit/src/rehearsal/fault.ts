/**
 * What goes wrong, and where. *crash*: the process is killed, and the job runs again in another one. *lose lease*: the
 * process stands still there until another one has finished its job, then goes on. Steps and runs are counted from 1
 * through all the runs of a rehearsal. After a run: the handler has ended, and that is not stored yet.
 */
export type Fault =
  | `${FaultKind} ${"before" | "after"} step ${number}`
  | `${FaultKind} after run ${number}`;

type FaultKind = "crash" | "lose lease";

export interface ParsedFault {
  readonly text: Fault;
  readonly kind: FaultKind;
  readonly when: "before" | "after";
  readonly of: "step" | "run";
  readonly number: number;
}

const FORM = /^(crash|lose lease) (?:(before|after) (step)|(after) (run)) ([1-9]\d*)$/;

/** Throws a TypeError where the text names no fault. */
export function parseFault(text: Fault): ParsedFault {
  const [, kind, beforeOrAfter, step, after, run, number] = FORM.exec(text) ?? [];
  if (kind === undefined) {
    throw new TypeError(
      `a plan names faults such as "crash before step 2", "lose lease after step 1" or "crash after run 1", but not ${JSON.stringify(text)}`,
    );
  }
  const when = (beforeOrAfter ?? after) as ParsedFault["when"];
  const of = (step ?? run) as ParsedFault["of"];
  return { text, kind: kind as FaultKind, when, of, number: Number(number) };
}
