import { type Awaitable, type Clock, StoreClosed, type StoreError } from "@turno/core";
import type { SqliteStoreOptions } from "@turno/store-sqlite";
import type { SqlJsStatic } from "sql.js";
import { KeptDatabase } from "../database/kept-database.ts";
import type { Persistence, Stored } from "../persistence/persistence.ts";
import { StoreTakenOver } from "../persistence/store-taken-over.ts";
import { LogGrowth } from "./log-growth.ts";

export interface DurableOptions extends SqliteStoreOptions {
  readonly sqlJs: SqlJsStatic;
  readonly persistence: Persistence;
  readonly clock: Clock;
  /** Told once that somebody else holds the database now. */
  readonly onTakenOver: (error: StoreTakenOver) => void;
}

interface Work {
  readonly kind: "read" | "write";
  readonly run: (database: KeptDatabase) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/**
 * Who takes a database over has waited longer than this for a sign of its holder's. So a holder that may have stood
 * still for so long reads nothing before it has made sure that it still is the holder.
 */
const PROOF_LASTS_MS = 2_000;

/** After so long without anything to do there is time for a snapshot. */
const IDLE_MS = 1_000;

/** A database whose answers are durable: what arrives together, or while a group is being stored, is the next group. */
export class Durable {
  readonly #options: DurableOptions;
  readonly #growth = new LogGrowth();
  /** Undefined where memory was ahead of what is stored, until it is built anew. */
  #database: KeptDatabase | undefined;
  #waiting: Work[] = [];
  #running: Promise<void> | undefined;
  #idle: unknown;
  #provenAt = Number.NEGATIVE_INFINITY;
  #ended: StoreError | undefined;

  private constructor(options: DurableOptions) {
    this.#options = options;
  }

  /** Takes the database over from whoever held it. */
  static async open(options: DurableOptions): Promise<Durable> {
    const durable = new Durable(options);
    try {
      await durable.#build(() => options.persistence.open());
      return durable;
    } catch (error) {
      await options.persistence.close();
      throw error;
    }
  }

  /** What `run` gives, once everything that it may have seen or written is durable. It is run once, or not at all. */
  write<T>(run: (database: KeptDatabase) => T): Promise<T> {
    return this.#do("write", run);
  }

  /** The same; it may be run again where a group could not be stored. */
  read<T>(run: (database: KeptDatabase) => T): Promise<T> {
    return this.#do("read", run);
  }

  /** Carries out what waits, and lets go. */
  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#options.clock.clearTimeout(this.#idle);
    this.#end(new StoreClosed("the store was closed; open another to go on"));
    await this.#options.persistence.close();
  }

  #do<T>(kind: Work["kind"], run: (database: KeptDatabase) => T): Promise<T> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push({ kind, run, resolve: resolve as Work["resolve"], reject });
    this.#occupy(() => this.#carryOutAll());
    return promise;
  }

  /** Lets one piece of work at a time have the database. */
  #occupy(work: () => Promise<void>): void {
    if (this.#running !== undefined) return;
    this.#options.clock.clearTimeout(this.#idle);
    this.#running = work().finally(() => {
      this.#running = undefined;
      if (this.#waiting.length > 0) this.#occupy(() => this.#carryOutAll());
      else this.#rest();
    });
  }

  #rest(): void {
    if (this.#ended !== undefined || !this.#growth.isWorthwhile) return;
    const snap = () => this.#occupy(() => this.#snap());
    this.#idle = this.#options.clock.setTimeout(snap, IDLE_MS);
  }

  async #carryOutAll(): Promise<void> {
    // What else comes in this turn goes with the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0 && this.#ended === undefined) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#carryOut(group);
      if (this.#growth.isUrgent) await this.#snap();
    }
  }

  async #carryOut(group: readonly Work[]): Promise<void> {
    const { persistence } = this.#options;
    let outcomes: readonly Outcome[];
    try {
      const database = this.#database ?? (await this.#build(() => persistence.load()));
      outcomes = group.map(({ run }) => outcomeOf(() => run(database)));
      await this.#store(database);
    } catch (error) {
      return this.#refuse(group, error);
    }
    for (const [at, { resolve, reject }] of group.entries()) {
      const outcome = outcomes[at] as Outcome;
      if ("error" in outcome) reject(outcome.error);
      else resolve(outcome.value);
    }
  }

  async #store(database: KeptDatabase): Promise<void> {
    const { persistence, clock } = this.#options;
    const changes = database.takeChanges();
    const askedAt = clock.monotonic();
    if (changes.length > 0) await persistence.append(changes);
    else if (askedAt - this.#provenAt > PROOF_LASTS_MS) await persistence.confirm();
    else return;
    this.#provenAt = askedAt;
    this.#growth.add(changes.length);
  }

  /** Memory is ahead of what is stored: it is thrown away, and whoever wrote is told. */
  #refuse(group: readonly Work[], error: unknown): void {
    this.#discard();
    if (error instanceof StoreTakenOver) return this.#takenOver(error, group);
    const readers = group.filter(({ kind }) => kind === "read");
    for (const { kind, reject } of group) if (kind === "write") reject(error);
    // What readers alone cannot have cannot be read: that is their answer.
    if (readers.length === group.length) for (const { reject } of readers) reject(error);
    else this.#waiting = [...readers, ...this.#waiting];
  }

  async #build(load: () => Awaitable<Stored>): Promise<KeptDatabase> {
    const { sqlJs, persistence, clock } = this.#options;
    const askedAt = clock.monotonic();
    const stored = await load();
    const database = new KeptDatabase(sqlJs, stored, this.#options);
    try {
      this.#growth.snapped(stored.snapshot?.length ?? 0);
      for (const group of stored.log) this.#growth.add(group.length);
      if (database.wantsSnapshot) {
        const image = database.export();
        await persistence.snapshot(image);
        this.#growth.snapped(image.length);
      }
    } catch (error) {
      database.close();
      throw error;
    }
    this.#provenAt = askedAt;
    this.#database = database;
    return database;
  }

  async #snap(): Promise<void> {
    if (this.#database === undefined) return;
    try {
      const image = this.#database.export();
      await this.#options.persistence.snapshot(image);
      this.#growth.snapped(image.length);
    } catch (error) {
      if (error instanceof StoreTakenOver) this.#takenOver(error);
      // The log is as good, as long as it is not too long; perhaps there is room later.
      this.#growth.refused();
    }
  }

  #takenOver(error: StoreTakenOver, group: readonly Work[] = []): void {
    this.#end(error, group);
    this.#options.onTakenOver(error);
  }

  #end(error: StoreError, group: readonly Work[] = []): void {
    this.#ended ??= error;
    for (const { reject } of [...group, ...this.#waiting]) reject(this.#ended);
    this.#waiting = [];
    this.#discard();
  }

  #discard(): void {
    this.#database?.close();
    this.#database = undefined;
  }
}

function outcomeOf(run: () => unknown): Outcome {
  try {
    return { value: run() };
  } catch (error) {
    return { error };
  }
}
