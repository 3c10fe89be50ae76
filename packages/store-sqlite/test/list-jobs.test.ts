import { JOB_STATES, type JobState, type ListFilter } from "@turno/core";
import { SqliteStore } from "@turno/store-sqlite";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { betterSqlitePort } from "./better-sqlite-port.ts";

let port: ReturnType<typeof betterSqlitePort>;
let store: SqliteStore;
let worker: number;
beforeEach(() => {
  port = betterSqlitePort();
  store = new SqliteStore(port);
  worker = store.join({ leaseMs: 30_000 });
});

describe("a page", () => {
  const state = fc.constantFrom(...JOB_STATES);
  const type = fc.constantFrom("a", "b", "rare");
  const runs = fc.array(
    fc.record({ state, type, ready: fc.boolean(), many: fc.boolean(), gap: fc.boolean() }),
    { minLength: 1, maxLength: 6 },
  );
  const filters = fc.record({
    states: fc.option(fc.uniqueArray(state), { nil: undefined }),
    types: fc.option(fc.uniqueArray(type), { nil: undefined }),
    orphaned: fc.option(fc.boolean(), { nil: undefined }),
    limit: fc.integer({ min: 1, max: 60 }),
  });

  it("is right however many jobs of other states, types and long gone lie between", () => {
    fc.assert(
      fc.property(runs, fc.array(filters, { minLength: 5, maxLength: 5 }), (all, asked) => {
        port = betterSqlitePort();
        store = new SqliteStore(port);
        worker = store.join({ leaseMs: 30_000 });
        const stored = all.flatMap(({ many, gap, ...run }) => {
          const seqs = addAll(many ? 6_000 : 7, run);
          if (gap) leap(Number(seqs.at(-1)), 20_000);
          return seqs.map((seq) => ({
            seq: gap && seq === seqs.at(-1) ? seq + 20_000 : seq,
            ...run,
          }));
        });
        for (const filter of asked) {
          const wanted = stored
            .filter((job) => passes(job, filter))
            .map(({ seq }) => seq)
            .reverse();
          expect(twoPages(filter)).toEqual(wanted.slice(0, 2 * filter.limit));
        }
      }),
      { numRuns: 15 },
    );
  });

  it("that takes many steps leaves no job out", () => {
    const seqs = addAll(12_000, { state: "completed", type: "a", ready: true });
    const found = store.list({ limit: 20_000 }).map(({ seq }) => seq);
    expect(found).toEqual(seqs.reverse());
  });

  it("of what is rare looks through no more than a step", () => {
    addAll(20_000, { state: "completed", type: "a", ready: true });
    for (const state of ["failed", "running", "dead", "cancelled"] as const)
      expect(stepsOf(store.listInSteps({ states: [state], limit: 50 }))).toBe(0);
    expect(stepsOf(store.listInSteps({ states: ["pending"], limit: 50 }))).toBe(1);
    expect(stepsOf(store.listInSteps({ states: ["pending"], types: ["a"], limit: 50 }))).toBe(1);
  });

  it("of a type that is rare is found in steps", () => {
    addAll(20_000, { state: "completed", type: "a", ready: true });
    expect(stepsOf(store.listInSteps({ types: ["rare"], limit: 50 }))).toBe(4);
  });
});

/** Gives a job a number as if many had come between that are pruned by now. */
function leap(seq: number, by: number): void {
  for (const table of ["turno_jobs", "turno_payloads"])
    port.db.exec(`UPDATE ${table} SET seq = seq + ${by} WHERE seq = ${seq}`);
}

interface Run {
  readonly state: JobState;
  readonly type: string;
  readonly ready: boolean;
}

/** Adds jobs in a state, past all transitions: so many would take long. Running ones of odd numbers are orphans. */
function addAll(count: number, { state, type, ready }: Run): number[] {
  const first = (store.list({ limit: 1 })[0]?.seq ?? 0) + 1;
  const last = first + count - 1;
  const waits = state === "pending" || state === "failed";
  const isRunning = state === "running";
  const numbers = `WITH RECURSIVE numbers (seq) AS (SELECT ${first} UNION ALL SELECT seq + 1 FROM numbers WHERE seq < ${last})`;
  port.db.exec(`${numbers} INSERT INTO turno_payloads SELECT seq, 'null' FROM numbers`);
  port.db.exec(`${numbers} INSERT INTO turno_jobs (seq, state, ready, type, priority, run_at, attempt, max_attempts,
      revision, created_at, claimed_at, finished_at, worker, unique_until, holds_key)
    SELECT seq, ${JOB_STATES.indexOf(state)}, ${waits ? Number(ready) : null}, '${type}', 0, 0, 1, 25, 2, 0, 0,
      ${waits || isRunning ? null : 1_000}, ${isRunning ? `${worker} + seq % 2` : null}, 0, 0 FROM numbers`);
  return Array.from({ length: count }, (_, at) => first + at);
}

function passes(job: Run & { readonly seq: number }, filter: Omit<ListFilter, "limit">): boolean {
  const { states, types, orphaned } = filter;
  if (states !== undefined && !states.includes(job.state)) return false;
  if (types !== undefined && !types.includes(job.type)) return false;
  return orphaned !== true || (job.state === "running" && job.seq % 2 === 1);
}

function twoPages(filter: ListFilter): number[] {
  const first = store.list(filter);
  const beforeSeq = first.at(-1)?.seq;
  const second = beforeSeq === undefined ? [] : store.list({ ...filter, beforeSeq });
  return [...first, ...second].map(({ seq }) => seq);
}

function stepsOf(steps: Generator<undefined, unknown, undefined>): number {
  let count = 0;
  while (steps.next().done !== true) count++;
  return count;
}
