import type {
  BeatReply,
  Clock,
  Committed,
  Counts,
  Examination,
  Heart,
  HeartOptions,
  Instant,
  Job,
  ListFilter,
  Notes,
  PruneBefore,
  Store,
  Watched,
  WorkerId,
  WorkerRecord,
  Write,
} from "@turno/core";
import type { Method } from "./holder/call.ts";
import type { Line } from "./line.ts";
import {
  type PersistenceReport,
  type ReportOptions,
  roomFinding,
  storageReport,
} from "./persistence-report.ts";

/** Keeps jobs in a database of sql.js that is stored beyond the page; `openWasmStore` makes it. */
export class WasmStore implements Store {
  readonly salt: number;
  /** Goes on while the page is hidden. Absent where the store has no worker of its own. */
  readonly clock?: Clock;
  /** Beats from the page's worker. Absent where the store has none. */
  readonly heart?: (worker: WorkerId, options: HeartOptions) => Heart;
  readonly #line: Line;

  /** @internal */
  constructor(line: Line) {
    this.salt = line.salt;
    this.#line = line;
    if (line.clock !== undefined) this.clock = line.clock;
    if (line.heart !== undefined) this.heart = line.heart.bind(line);
  }

  commit(write: Write): Promise<Committed> {
    return this.#call("commit", write);
  }

  join(worker: { readonly leaseMs: number }): Promise<WorkerId> {
    return this.#call("join", worker);
  }

  beat(worker: WorkerId): Promise<BeatReply> {
    return this.#call("beat", worker);
  }

  leave(worker: WorkerId, beat?: number): Promise<boolean> {
    return this.#call("leave", worker, beat);
  }

  workers(): Promise<readonly WorkerRecord[]> {
    return this.#call("workers");
  }

  get(seqs: readonly number[]): Promise<readonly (Job | undefined)[]> {
    return this.#call("get", seqs);
  }

  notes(seqs: readonly number[]): Promise<readonly (Notes | undefined)[]> {
    return this.#call("notes", seqs);
  }

  list(filter: ListFilter): Promise<readonly Job[]> {
    return this.#call("list", filter);
  }

  counts(): Promise<Counts> {
    return this.#call("counts");
  }

  /** The database, and what room the browser says there is. */
  async examine(): Promise<Examination> {
    const { findings, ready } = await this.#call<Examination>("examine");
    return { findings: [...findings, roomFinding(await this.persistence())], ready };
  }

  nextDueAt(): Promise<Instant | undefined> {
    return this.#call("nextDueAt");
  }

  pause(change?: { readonly type: string; readonly paused: boolean }): Promise<readonly string[]> {
    return this.#call("pause", change);
  }

  prune(request: { readonly before: PruneBefore; readonly limit: number }): Promise<number> {
    return this.#call("prune", request);
  }

  watch(listener: () => void, what: Watched = "ready"): Disposable {
    return this.#line.watch(listener, what);
  }

  /** Where the jobs are kept, and how safe they are there. */
  async persistence(options: ReportOptions = {}): Promise<PersistenceReport> {
    const { mode, isShared } = this.#line;
    return { mode, tabs: isShared ? "shared" : "single", ...(await storageReport(options)) };
  }

  /** The database as the bytes of an SQLite file. */
  export(): Promise<Uint8Array> {
    return this.#call("export");
  }

  /** Lets go of the database; a tab that led lets another lead. */
  close(): Promise<void> {
    return this.#line.close();
  }

  #call<T>(method: Method, ...args: readonly unknown[]): Promise<T> {
    return this.#line.call(method, args) as Promise<T>;
  }
}
