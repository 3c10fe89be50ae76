import { complete, type Job } from "@turno/core";
import { SqliteStore } from "@turno/store-sqlite";
import type Database from "better-sqlite3";
import fc from "fast-check";
import { expect, it } from "vitest";
import { jobs } from "./a-job.ts";
import { betterSqlitePort } from "./better-sqlite-port.ts";

const JOBS = 12;

/** TURNO_RUNS searches for longer. */
const RUNS = Number(process.env["TURNO_RUNS"] ?? 60);

const INTEGERS = (
  "seq state ready priority run_at attempt max_attempts revision created_at claimed_at finished_at worker " +
  "timeout_ms unique_until holds_key"
).split(" ");
const TEXTS = ["type", "unique_key", "backoff", "result", "failures", "payload"];

const integer = fc.oneof(
  fc.integer({ min: -2, max: 30 }).map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom("9223372036854775807", "-9223372036854775808", "1099511627776", "NULL"),
);
const text = fc.oneof(
  fc.string({ unit: "binary" }).map(quoted),
  fc.json().map(quoted),
  fc
    .array(fc.record({ attempt: fc.nat(3), at: fc.nat(), kind: fc.string(), name: fc.string() }))
    .map((items) => quoted(JSON.stringify(items))),
  fc
    .uint8Array({ maxLength: 9 })
    .map((bytes) => `CAST(x'${Buffer.from(bytes).toString("hex")}' AS TEXT)`),
  fc.constantFrom("NULL", "printf('%.*c', 4200000, '[')"),
);
const change = fc.oneof(
  fc.record({
    table: fc.constant("turno_jobs"),
    column: fc.constantFrom(...INTEGERS),
    value: integer,
  }),
  fc.record({ table: fc.constant("turno_jobs"), column: fc.constantFrom(...TEXTS), value: text }),
  fc.record({ table: fc.constant("turno_payloads"), column: fc.constant("payload"), value: text }),
  fc.record({
    table: fc.constant("turno_notes"),
    column: fc.constantFrom("progress", "log"),
    value: text,
  }),
);
const harm = fc.record({ seq: fc.integer({ min: 1, max: JOBS }), change });

/** 0: all wait. 1: all run. 2: one in two does. */
const when = fc.constantFrom(0, 1, 2);

it("whatever strangers write into whichever rows, the other jobs are done and nothing throws", {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(fc.array(harm, { minLength: 1, maxLength: 6 }), when, (all, running) => {
      const port = betterSqlitePort();
      const store = new SqliteStore(port);
      const worker = store.join({ leaseMs: 30_000 });
      const add = jobs(JOBS, (at) => ({
        type: `t${at % 3}`,
        payload: JSON.stringify("x".repeat(at % 2 === 0 ? 5 : 500)),
        uniqueKey: at % 4 === 0 ? `${at}` : undefined,
        ready: at % 5 !== 0,
        backoff: at % 3 === 0 ? { kind: "fixed", baseMs: 1 } : undefined,
      }));
      store.commit({ now: 1_000, add });
      const limit = running === 1 ? JOBS : JOBS / 2;
      const held =
        running === 0 ? [] : store.commit({ now: 1_000, claim: { worker, limit } }).claimed;
      const note = held.map(({ seq, revision }) => ({ seq, revision, progress: "1", log: [] }));
      store.commit({ now: 1_000, note });
      const harmed = harmAll(port.db, all);

      lookAround(store, worker);
      store.commit({
        now: 1_000,
        note,
        replace: held.map((job) => complete(job, undefined, 1_000)),
      });
      for (;;) {
        const { claimed } = store.commit({ now: 2_000, claim: { worker, limit: 5 } });
        if (claimed.length === 0) break;
        store.commit({
          now: 2_000,
          replace: claimed.map((job) => complete(job, undefined, 2_000)),
        });
      }
      lookAround(store, worker);
      for (const { seq, state } of store.list({ limit: 100 }))
        if (!harmed.has(seq)) expect([seq, state]).toEqual([seq, "completed"]);
      const { added } = store.commit({ now: 2_000, add: jobs(2) });
      expect(store.get([seqOf(added[0]?.id)])[0]?.id).toBe(added[0]?.id);
      store.prune({ before: { completed: 9_000, dead: 9_000, cancelled: 9_000 }, limit: 100 });
      port.close();
    }),
    { numRuns: RUNS },
  );
});

/** Answers with the numbers of the rows that were changed, and with those that they were given. */
function harmAll(
  db: Database.Database,
  all: readonly { seq: number; change: { table: string; column: string; value: string } }[],
): ReadonlySet<number> {
  const harmed = new Set<number>();
  for (const { seq, change } of all) {
    const { table, column, value } = change;
    harmed.add(seq);
    if (column === "seq") harmed.add(Number(value));
    try {
      db.exec(`UPDATE OR IGNORE ${table} SET ${column} = ${value} WHERE seq = ${seq}`);
    } catch (error) {
      // The columns of a STRICT table keep out what is of another type.
      expect(error).toHaveProperty(
        "code",
        expect.stringMatching(/^SQLITE_(CONSTRAINT|ERROR|MISMATCH)/),
      );
    }
  }
  return harmed;
}

function lookAround(store: SqliteStore, worker: number): void {
  const listed = [
    ...store.list({ limit: 100 }),
    ...store.list({ limit: 100, states: ["running"], orphaned: true }),
    ...store.list({ limit: 100, states: ["dead", "failed"] }),
  ];
  for (const job of listed) expectJob(job);
  store.get(listed.map(({ seq }) => seq));
  store.notes(listed.map(({ seq }) => seq));
  for (const count of Object.values(store.counts())) expect(count).toBeGreaterThanOrEqual(0);
  store.beat(worker);
  store.nextDueAt();
  for (const steps = store.damagedInSteps(); steps.next().done !== true; );
}

/** As the types promise. */
function expectJob(job: Job): void {
  expect(job.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  for (const instant of [job.createdAt, job.runAt]) expect(new Date(instant)).not.toBeNaN();
  expect(job.attempt).toBeLessThanOrEqual(job.maxAttempts);
  expect(Number.isSafeInteger(job.revision + 1)).toBe(true);
  for (const failure of job.failures) expect(failure.message).toBeTypeOf("string");
  expect(job.payload).toBeTypeOf("string");
}

function seqOf(id: string | undefined): number {
  return Number.parseInt(id?.slice(-10) ?? "", 16);
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''").replaceAll("\0", "' || char(0) || '")}'`;
}
