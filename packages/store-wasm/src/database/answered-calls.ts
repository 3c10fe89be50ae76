import type { Committed, Instant } from "@turno/core";
import type { SqlPort, SqliteStore, SqlStatement } from "@turno/store-sqlite";
import { callsTable } from "./kept-tables.ts";

/** A page that calls, and the number of its call. */
export interface CallNumber {
  readonly caller: string;
  readonly call: number;
}

/** The answers to calls that wrote, kept with what they wrote, so that one which is sent again is done once. */
export class AnsweredCalls {
  readonly #tables: SqliteStore;
  readonly #find: SqlStatement;
  readonly #keep: SqlStatement;
  readonly #forget: SqlStatement;
  readonly #forgetOld: SqlStatement;

  constructor(port: SqlPort, tables: SqliteStore, prefix: string) {
    const calls = callsTable(prefix);
    this.#tables = tables;
    this.#find = port.prepare(`SELECT answer FROM ${calls} WHERE caller = ? AND call = ?`);
    this.#keep = port.prepare(
      `INSERT INTO ${calls} (caller, call, at, answer) VALUES (?, ?, ?, ?)`,
    );
    this.#forget = port.prepare(`DELETE FROM ${calls} WHERE caller = ? AND call < ?`);
    this.#forgetOld = port.prepare(`DELETE FROM ${calls} WHERE at < ?`);
  }

  /** The answer to a call that was done before; undefined where it was not. */
  find({ caller, call }: CallNumber): { readonly answer: unknown } | undefined {
    const found = this.#find.get(caller, call)?.["answer"];
    if (typeof found !== "string") return undefined;
    const answer: unknown = JSON.parse(found);
    return { answer: isShort(answer) ? this.#whole(answer) : answer };
  }

  keep({ caller, call }: CallNumber, answer: unknown, at: Instant): void {
    const kept = isCommitted(answer) ? short(answer) : answer;
    this.#keep.run(caller, call, at, JSON.stringify(kept));
  }

  /** The caller has the answers to all its calls before this one. */
  forget({ caller, call }: CallNumber): void {
    this.#forget.run(caller, call);
  }

  /** Forgets what was answered before that instant: nobody waits for so long. */
  forgetOld(before: Instant): void {
    this.#forgetOld.run(before);
  }

  /** Jobs that have moved on since are left out: a worker has nothing to do with them any more. */
  #whole({ started, ...committed }: ShortCommitted): Committed {
    const jobs = this.#tables.get(started.map(([seq]) => seq));
    const claimed = jobs.flatMap((job, at) =>
      job?.state === "running" && job.revision === started[at]?.[1] ? [job] : [],
    );
    return { ...committed, claimed };
  }
}

/** What a commit has answered, with the numbers and revisions of the jobs that it started in place of them. */
interface ShortCommitted extends Omit<Committed, "claimed"> {
  readonly started: readonly (readonly [seq: number, revision: number])[];
}

function short({ claimed, ...committed }: Committed): ShortCommitted {
  return { ...committed, started: claimed.map(({ seq, revision }) => [seq, revision]) };
}

function isCommitted(answer: unknown): answer is Committed {
  return typeof answer === "object" && answer !== null && "claimed" in answer;
}

function isShort(answer: unknown): answer is ShortCommitted {
  return typeof answer === "object" && answer !== null && "started" in answer;
}
