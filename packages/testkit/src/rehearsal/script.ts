import { type Fault, parseFault, type ParsedFault } from "./fault.ts";

/** How often handlers may be called in one rehearsal. */
export const MOST_RUNS = 1_000;

/** What is written down of a call of a handler while it goes on. */
export interface RunInProgress {
  readonly id: string;
  readonly type: string;
  readonly attempt: number;
  readonly steps: string[];
  readonly faults: string[];
  end: string | undefined;
  error?: unknown;
}

/** The faults that are planned for a rehearsal, and what has happened in it. */
export class Script {
  readonly runs: RunInProgress[] = [];
  /** Those of the plan that have struck. */
  readonly struck: Fault[] = [];
  /** The steps that are known to give promises: there a handler can be held up. */
  readonly asynchronous: Set<string>;
  readonly #faults = new Map<string, ParsedFault>();
  #steps = 0;
  #events = 0;

  constructor(plan: readonly Fault[], asynchronous: Set<string>) {
    for (const { text, ...fault } of plan.map(parseFault)) {
      const where = `${fault.when} ${fault.of} ${fault.number}`;
      if (!this.#faults.has(where)) this.#faults.set(where, { text, ...fault });
    }
    this.asynchronous = asynchronous;
  }

  /** Whether handlers were called so often that it cannot be meant. */
  get isEndless(): boolean {
    return this.runs.length > MOST_RUNS;
  }

  /** Rises with all that happens. */
  get events(): number {
    return this.#events;
  }

  beginRun(job: Pick<RunInProgress, "id" | "type" | "attempt">): RunInProgress {
    const { id, type, attempt } = job;
    const run: RunInProgress = { id, type, attempt, steps: [], faults: [], end: undefined };
    this.runs.push(run);
    this.#events++;
    return run;
  }

  beginStep(run: RunInProgress, name: string): number {
    run.steps.push(`${++this.#steps} ${name}`);
    this.#events++;
    return this.#steps;
  }

  note(): void {
    this.#events++;
  }

  /** The fault that strikes this run now, if one is planned here, and `can` happen. */
  strike(
    run: RunInProgress,
    when: ParsedFault["when"],
    of: ParsedFault["of"],
    number: number,
    can: (fault: ParsedFault) => boolean = () => true,
  ): ParsedFault["kind"] | undefined {
    const where = `${when} ${of} ${number}`;
    const fault = this.#faults.get(where);
    if (fault === undefined || !can(fault)) return undefined;
    this.#faults.delete(where);
    this.struck.push(fault.text);
    run.faults.push(`${fault.kind === "crash" ? "killed" : "lost its lease"} ${where}`);
    return fault.kind;
  }
}
