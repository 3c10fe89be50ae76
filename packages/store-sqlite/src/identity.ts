import type { MoveRecord } from "@turno/core";
import { refuseWhileMoving } from "@turno/core";
import { identitySql } from "./move-sql.ts";
import type { Statements } from "./statements.ts";

/**
 * Whose jobs these are: the salt of their ids. Until a database has its first job a move into it may change the salt,
 * also over another connection; so it is read anew until then, and never after that.
 */
export class Identity {
  readonly #statements: Statements;
  readonly #name: string;
  readonly #owner: Identity | undefined;
  #salt: number;
  #isFixed = false;

  /** `owner` where this is for transactions of a caller's, who may yet undo what is seen in them. */
  constructor(statements: Statements, salt: number, name: string, owner?: Identity) {
    this.#statements = statements;
    this.#salt = salt;
    this.#name = name;
    this.#owner = owner;
  }

  /** As it was read last. */
  get salt(): number {
    return this.#salt;
  }

  /** How messages name the tables. */
  get name(): string {
    return this.#name;
  }

  /** Whether the salt can change no more, and no move is under way. */
  get isFixed(): boolean {
    return this.#isFixed || this.#owner?.isFixed === true;
  }

  /** For who reads. */
  refresh(): void {
    if (!this.isFixed) this.#look();
  }

  /** For who writes, under the write lock; throws `StoreMoving` while a move is under way. */
  refuseWhileMoving(): void {
    if (!this.isFixed) refuseWhileMoving(this.#look(), this.#name);
  }

  /**
   * For who adds jobs, after that: where there is one already, nothing has to be read any more. Only here, since nothing else
   * needs the end of the table, and who only looks at a damaged file must not be stopped by that.
   */
  fix(): void {
    if (this.#owner === undefined && !this.#isFixed) this.#isFixed = this.isUsed();
  }

  /** Whether there is a job, or has been one. */
  isUsed(): boolean {
    return (this.#statements.lastBefore.get(2 ** 63)?.["seq"] ?? null) !== null;
  }

  /** For who moves, under the write lock. */
  read(): { readonly salt: number; readonly move: MoveRecord | undefined } {
    const row = this.#statements.of(identitySql(this.#statements.tables)).get();
    const run = row?.["run"] ?? null;
    const endedAt = row?.["ended_at"] ?? null;
    return {
      salt: Number(row?.["salt"]),
      move:
        run === null
          ? undefined
          : { run: Number(run), endedAt: endedAt === null ? undefined : Number(endedAt) },
    };
  }

  #look(): MoveRecord | undefined {
    const read = this.read();
    this.#salt = read.salt;
    return read.move;
  }
}
