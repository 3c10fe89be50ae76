import {
  type AdoptedBatch,
  type AdoptedJob,
  type AdoptedSource,
  type Adopter,
  type Adoption,
  beginAdoption,
  holdsKey,
  movedOver,
} from "@turno/core";
import type { Identity } from "./identity.ts";
import { liesAside } from "./insert-rows.ts";
import { adoptedValues } from "./job-columns.ts";
import { keyOf } from "./key-holders.ts";
import { moveSql } from "./move-sql.ts";
import type { SqlPort } from "./sql-port.ts";
import type { Statements } from "./statements.ts";

/** Moves jobs into these tables; what is remembered of it stands in the table of meta, as `move` and `moved`. */
export function adopterOf(port: SqlPort, statements: Statements, identity: Identity): Adopter {
  return {
    begin: (source) => port.immediately(() => begin(statements, identity, source)),
    take: (run, batch) =>
      port.immediately(() => {
        if (!movedOver(identity.read().move, run, identity.name)) take(statements, batch);
      }),
    end: (run, last) =>
      port.immediately(() => {
        if (!movedOver(identity.read().move, run, identity.name)) end(statements, last);
      }),
  };
}

function begin(statements: Statements, identity: Identity, source: AdoptedSource): Adoption {
  const { of, tables } = statements;
  const sql = moveSql(tables);
  const { salt, move } = identity.read();
  const hasWorkers = Number(of(sql.workers).get()?.["count"]) > 0;
  const target = { name: identity.name, salt, move, isUsed: hasWorkers || identity.isUsed() };
  const adoption = beginAdoption(target, source);
  if (adoption.endedAt !== undefined) return adoption;
  const write = of(sql.write);
  if (move === undefined) {
    write.run("salt", source.salt);
    of(sql.pause).run(JSON.stringify(source.paused));
  }
  write.run("move", adoption.run);
  return adoption;
}

function take(statements: Statements, { jobs, gone }: AdoptedBatch): void {
  const { of, tables } = statements;
  const sql = moveSql(tables);
  forget(statements, [...gone, ...jobs.map(({ job }) => job.seq)]);
  forget(statements, holdersOf(statements, jobs));
  const insert = of(sql.insert);
  for (const { job, notes } of jobs) {
    const aside = liesAside(job);
    insert.run(...adoptedValues(job), aside ? null : job.payload);
    if (aside) statements.insertPayload.run(job.seq, job.payload);
    if (notes === undefined) continue;
    statements.writeNotes.run(job.seq, notes.progress ?? null, JSON.stringify(notes.log));
  }
}

function end(
  { of, tables, leave }: Statements,
  { seq, worker }: { readonly seq: number; readonly worker: number },
): void {
  const sql = moveSql(tables);
  if (worker > 0) {
    of(sql.giveWorker).run(worker);
    leave.run(worker);
  }
  of(sql.write).run("moved", seq);
}

function forget({ of, tables }: Statements, seqs: readonly number[]): void {
  if (seqs.length === 0) return;
  const sql = moveSql(tables);
  const list = JSON.stringify(seqs);
  for (const statement of [sql.deletePayloads, sql.deleteNotes, sql.deleteJobs])
    of(statement).run(list);
}

/** The numbers of the jobs that hold the keys of these. */
function holdersOf({ keyHolders }: Statements, jobs: readonly AdoptedJob[]): readonly number[] {
  const keys = jobs.flatMap(({ job }) => (holdsKey(job) ? [keyOf(job)] : []));
  if (keys.length === 0) return [];
  return keyHolders.all(`[${keys.join()}]`).map(({ seq }) => Number(seq));
}
