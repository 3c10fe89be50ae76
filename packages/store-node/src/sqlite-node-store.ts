import {
  type Adopter,
  type BeatReply,
  bellsOf,
  type Committed,
  type Counts,
  type Examination,
  type Heart,
  type HeartOptions,
  type Instant,
  type Job,
  type ListFilter,
  type Notes,
  type PruneBefore,
  type Store,
  type Watched,
  type WorkerId,
  type WorkerRecord,
  type Write,
} from "@turno/core";
import { beatSql, countSql, SqliteStore, type SqliteStoreOptions } from "@turno/store-sqlite";
import { Bells } from "./bells/bells.ts";
import { Callers } from "./callers.ts";
import type { Connection } from "./connection.ts";
import { Counter } from "./counter/counter.ts";
import type { Database, Driver, DriverDatabase } from "./driver.ts";
import { examine } from "./doctor/examine.ts";
import { inTurns } from "./in-turns.ts";
import { LifeSigns } from "./life/life-signs.ts";
import { LogKeeper } from "./log/log-keeper.ts";
import type { OpenedFile } from "./file/opened-file.ts";

interface SqliteNodeStoreOptions extends SqliteStoreOptions {
  readonly driver: Driver;
  readonly database: DriverDatabase;
  readonly handedIn: boolean;
  /** Undefined where the database is in memory. */
  readonly file: OpenedFile | undefined;
  readonly name: string;
  readonly table: string;
}

/** A queue in an SQLite database that several threads and processes may have open; `openSqliteStore` makes it. */
export class SqliteNodeStore implements Store {
  readonly adopter: Adopter;
  /** Beats from a thread of its own. Absent where the database is in memory. */
  readonly heart?: (worker: WorkerId, options: HeartOptions) => Heart;
  /** Absent where the database is in memory. */
  readonly watch?: (listener: () => void, what?: Watched) => Disposable;
  // Not its superclass: `join` is a promise here, and TypeScript lets no subclass say so.
  readonly #tables: SqliteStore;
  readonly #connection: Connection;
  readonly #callers: Callers;
  readonly #counter: Counter | undefined;
  readonly #log: LogKeeper | undefined;
  readonly #lifeSigns: LifeSigns | undefined;
  readonly #bells: Readonly<Record<Exclude<Watched, "lost">, Bells>> | undefined;
  readonly #table: string;
  readonly #file: OpenedFile | undefined;
  #examining: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(connection: Connection, options: SqliteNodeStoreOptions) {
    this.#tables = new SqliteStore(connection, options);
    this.adopter = this.#adopterOf(this.#tables.adopter);
    this.#connection = connection;
    this.#callers = new Callers({ ...options, tables: this.#tables });
    const { driver, database, handedIn, file, table } = options;
    this.#table = table;
    this.#file = file;
    if (file === undefined) return;
    const tables = this.#tables;
    this.#counter = new Counter({ tables, file, sql: countSql(table) });
    const schema = Number(connection.prepare(beatSql(table).schema).get()?.["value"]);
    const lifeSigns = new LifeSigns({ driver, file, table, schema });
    lifeSigns.sweep(this.#tables.signedWorkers());
    this.#lifeSigns = lifeSigns;
    this.#log = new LogKeeper({
      file,
      database: handedIn ? undefined : database,
      onHeld: (error) => lifeSigns.tell(error),
    });
    this.heart = (worker, heartOptions) => {
      connection.assertUsable();
      return lifeSigns.beat(worker, heartOptions);
    };
    const bells = {
      ready: new Bells(file.path, table, "bell"),
      finished: new Bells(file.path, table, "done"),
    };
    this.#bells = bells;
    this.watch = (listener, what = "ready") => {
      connection.assertUsable();
      return what === "lost" ? NOTHING_TO_WATCH : bells[what].watch(listener);
    };
  }

  get salt(): number {
    return this.#tables.salt;
  }

  commit(write: Write): Committed {
    const committed = this.#tables.commit(write);
    this.#ring(write);
    this.#log?.look();
    return committed;
  }

  /** Resolves once the kernel holds a sign of the worker's life, too. */
  async join({ leaseMs }: { readonly leaseMs: number }): Promise<WorkerId> {
    this.#connection.assertUsable();
    if (this.#lifeSigns === undefined) return this.#tables.join({ leaseMs });
    return this.#lifeSigns.join((sign) => this.#tables.join({ leaseMs, sign }));
  }

  beat(worker: WorkerId): BeatReply {
    return this.#tables.beat(worker);
  }

  leave(worker: WorkerId, beat?: number): boolean {
    const left = this.#tables.leave(worker, beat);
    if (left) {
      this.#lifeSigns?.leave(worker);
      this.#lifeSigns?.sweep(this.#tables.signedWorkers());
    }
    return left;
  }

  workers(): readonly WorkerRecord[] {
    // Who only looks after others hears of a long log, too.
    this.#log?.look();
    return this.#tables.signedWorkers().map(({ sign, ...worker }) => {
      const gone = sign !== null && (this.#lifeSigns?.isGone(sign) ?? false);
      return { ...worker, gone };
    });
  }

  notes(seqs: readonly number[]): readonly (Notes | undefined)[] {
    return this.#tables.notes(seqs);
  }

  get(seqs: readonly number[]): readonly (Job | undefined)[] {
    return this.#tables.get(seqs);
  }

  /** Lets the event loop go on where it has to look through many jobs. */
  list(filter: ListFilter): Promise<readonly Job[]> {
    return inTurns(this.#tables.listInSteps(filter));
  }

  /** Lets the event loop go on, and whatever works in this process, where there are many to count. */
  async counts(): Promise<Counts> {
    return this.#counter === undefined ? this.#tables.counts() : this.#counter.counts();
  }

  /** Looks at the database in a thread, where there is one to be had, and at its file and what is around it. */
  examine(): Promise<Examination> {
    // A file that is lost may be looked at all the same: that is when somebody asks.
    this.#connection.assertOpen();
    const examining = examine({
      connection: this.#connection,
      tables: this.#tables,
      table: this.#table,
      file: this.#file,
    });
    // Nothing of what was found is kept.
    this.#examining = Promise.allSettled([this.#examining, examining]).then(() => {});
    return examining;
  }

  nextDueAt(): Instant | undefined {
    return this.#tables.nextDueAt();
  }

  pause(change?: { readonly type: string; readonly paused: boolean }): readonly string[] {
    return this.#tables.pause(change);
  }

  prune(request: { readonly before: PruneBefore; readonly limit: number }): number {
    return this.#tables.prune(request);
  }

  /**
   * The queue's writes inside the transaction that is open on `database`, which is any connection to the same
   * database: they are kept or undone with the caller's, and are as durable as its `synchronous` makes them. A write
   * that throws has left nothing behind. Begin the transaction with `.immediate()`, or `StoreBusy` may end it.
   */
  within(database: Database): { commit(write: Write): Committed } {
    return {
      commit: (write) => {
        this.#connection.assertUsable();
        const committed = this.#callers.storeOn(database).commit(write);
        // Too early where the caller commits late; but a hint may be missed.
        this.#ring(write);
        return committed;
      },
    };
  }

  /** Stops its hearts and lets go of the file. A Database that was handed in stays open. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #adopterOf({ begin, take, end }: Adopter): Adopter {
    return {
      begin,
      take: (run, batch) => {
        const taken = take(run, batch);
        this.#log?.look();
        return taken;
      },
      end,
    };
  }

  #ring(write: Write): void {
    for (const what of bellsOf(write)) this.#bells?.[what].ring();
  }

  async #close(): Promise<void> {
    this.#connection.close();
    for (const bells of Object.values(this.#bells ?? {})) bells.close();
    await Promise.all([
      this.#counter?.close(),
      this.#log?.close(),
      this.#lifeSigns?.close(),
      this.#examining,
    ]);
  }
}

/** A killed process rings no bell; the kernel has to be asked for its locks. */
const NOTHING_TO_WATCH: Disposable = { [Symbol.dispose]() {} };
