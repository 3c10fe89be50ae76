import { StoreNewer } from "@turno/core";
import { indexedDbError } from "./indexed-db-error.ts";
import type { Persistence, RowImage, Stored } from "./persistence.ts";
import { StoreTakenOver } from "./store-taken-over.ts";

/** `epochs` has a number for each time that it was opened, `snap` the image, `log` the groups since, by position. */
const STORES = ["epochs", "snap", "log"] as const;
type StoreName = (typeof STORES)[number];
type Stores = Readonly<Record<StoreName, IDBObjectStore>>;
const LAYOUT = 1;

/** Nobody writes who was shut out by so many others since. */
const KEPT_EPOCHS = 10_000;

/** Chromium would otherwise say "complete" before the disk does. */
const STRICT: IDBTransactionOptions = { durability: "strict" };

/** Keeps the database in IndexedDB: a snapshot, a log of row images, and epochs, by which each transaction is fenced. */
export class IndexedDb implements Persistence {
  readonly #name: string;
  #connection: Connection | undefined;
  #epoch = 0;
  #position = 0;

  /** `name` is that of the database within its origin. */
  constructor(name: string) {
    this.#name = name;
  }

  async open(): Promise<Stored> {
    await this.#connect();
    for (;;) {
      const stored = await this.#enter((await this.#lastEpoch()) + 1);
      if (stored !== undefined) return this.#know(stored);
    }
  }

  async load(): Promise<Stored> {
    return this.#know(await this.#readAsHolder(STORES, read));
  }

  append(group: readonly RowImage[]): Promise<void> {
    const position = ++this.#position;
    const next = this.#epoch + 1;
    return this.#writeAsHolder((database) => {
      // Nothing but the browser's own methods until the commit, see `#writeAsHolder`.
      const transaction = database.transaction(["epochs", "log"], "readwrite", STRICT);
      const epochs = transaction.objectStore("epochs");
      const entry = epochs.add(true, next);
      epochs.delete(next);
      transaction.objectStore("log").put(group, position);
      transaction.commit();
      return { transaction, entry };
    });
  }

  snapshot(image: Uint8Array): Promise<void> {
    const upTo = IDBKeyRange.upperBound(this.#position);
    const next = this.#epoch + 1;
    return this.#writeAsHolder((database) => {
      const transaction = database.transaction(STORES, "readwrite", STRICT);
      const epochs = transaction.objectStore("epochs");
      const entry = epochs.add(true, next);
      epochs.delete(next);
      transaction.objectStore("snap").put(image, "image");
      transaction.objectStore("log").delete(upTo);
      transaction.commit();
      return { transaction, entry };
    });
  }

  confirm(): Promise<void> {
    return this.#readAsHolder(["epochs"], () => Promise.resolve());
  }

  close(): void {
    this.#connection?.database.close();
  }

  async #connect(): Promise<void> {
    this.close();
    try {
      this.#connection = await connectionTo(this.#name);
    } catch (error) {
      throw indexedDbError(error, this.#name);
    }
  }

  async #lastEpoch(): Promise<number> {
    const last = await this.#transact(["epochs"], "readonly", ({ epochs }) =>
      answer(epochs.openKeyCursor(null, "prev")),
    );
    return Number(last?.key ?? 0);
  }

  /** What is stored; undefined where somebody else took that epoch first. */
  async #enter(epoch: number): Promise<StoredAt | undefined> {
    let entry: IDBRequest | undefined;
    try {
      const stored = await this.#transact(STORES, "readwrite", (stores) => {
        entry = stores.epochs.add(true, epoch);
        stores.epochs.delete(IDBKeyRange.upperBound(epoch - KEPT_EPOCHS));
        return read(stores);
      });
      this.#epoch = epoch;
      return stored;
    } catch (error) {
      if (entry !== undefined && isTaken(entry)) return undefined;
      throw error;
    }
  }

  #know({ position, ...stored }: StoredAt): Stored {
    this.#position = position;
    return stored;
  }

  #readAsHolder<T>(names: readonly StoreName[], ask: (stores: Stores) => Promise<T>): Promise<T> {
    return this.#transact(names, "readonly", async (stores) => {
      const [next, asked] = await Promise.all([
        answer(stores.epochs.getKey(this.#epoch + 1)),
        ask(stores),
      ]);
      if (next !== undefined) throw this.#takenOver();
      return asked;
    });
  }

  /**
   * Writes with what `begin` asks and commits. The next epoch must be free: where it is not, to add it aborts the
   * transaction. A page can be frozen wherever one of its functions is entered, and a transaction that is open then keeps
   * everybody out for a minute: so `begin` calls none before it has committed.
   */
  async #writeAsHolder(begin: (database: IDBDatabase) => FencedWrite): Promise<void> {
    let write: FencedWrite | undefined;
    try {
      await this.#complete((database) => {
        write = begin(database);
        return { transaction: write.transaction, asked: Promise.resolve() };
      });
    } catch (error) {
      if (write !== undefined && isTaken(write.entry)) throw this.#takenOver();
      throw error;
    }
  }

  /** Resolves with what `ask` has asked, all at once: the browser carries the transaction out without the worker. */
  #transact<T>(
    names: readonly StoreName[],
    mode: IDBTransactionMode,
    ask: (stores: Stores) => Promise<T>,
  ): Promise<T> {
    return this.#complete((database) => {
      const transaction = database.transaction(names, mode, STRICT);
      const stores = names.map((name) => [name, transaction.objectStore(name)] as const);
      const asked = ask(Object.fromEntries(stores) as Record<StoreName, IDBObjectStore>);
      transaction.commit();
      return { transaction, asked };
    });
  }

  /** Resolves once the transaction that `begin` has begun and committed is complete, with what it was asked. */
  async #complete<T>(
    begin: (database: IDBDatabase) => {
      readonly transaction: IDBTransaction;
      readonly asked: Promise<T>;
    },
  ): Promise<T> {
    if (this.#connection === undefined) throw new TypeError("a Persistence has to be opened first");
    const { database, gone } = this.#connection;
    try {
      const { transaction, asked } = begin(database);
      const completed = completion(transaction);
      // A large answer may come after the completion. Of what failed, the transaction knows best why.
      return await unlessAborted(
        gone,
        Promise.allSettled([asked, completed]).then(() => completed.then(() => asked)),
      );
    } catch (error) {
      if (await isGone(this.#connection)) throw this.#disconnected(error);
      throw indexedDbError(error, this.#name);
    }
  }

  #takenOver(): StoreTakenOver {
    return new StoreTakenOver(
      `another tab or worker has opened the queue in the IndexedDB database "${this.#name}" and holds it now; ` +
        "open the store anew to go on",
    );
  }

  #disconnected(cause?: unknown): StoreTakenOver {
    return new StoreTakenOver(
      `the browser has closed the IndexedDB database "${this.#name}": its data were deleted, or a newer version of Turno ` +
        "was opened; open the store anew to go on",
      { cause },
    );
  }
}

interface FencedWrite {
  readonly transaction: IDBTransaction;
  /** The next epoch, which it adds. */
  readonly entry: IDBRequest;
}

interface StoredAt extends Stored {
  /** Of the last group in the log. */
  readonly position: number;
}

async function read({ snap, log }: Stores): Promise<StoredAt> {
  const [snapshot, groups, positions] = await Promise.all([
    answer<Uint8Array | undefined>(snap.get("image")),
    answer<(readonly RowImage[])[]>(log.getAll()),
    answer<IDBValidKey[]>(log.getAllKeys()),
  ]);
  return { snapshot, log: groups, position: Number(positions.at(-1) ?? 0) };
}

function isTaken(request: IDBRequest): boolean {
  return request.readyState === "done" && request.error?.name === "ConstraintError";
}

interface Connection {
  readonly database: IDBDatabase;
  /** Is aborted when the browser has closed it: under its name there may be other data by now. */
  readonly gone: AbortSignal;
}

/** It is asked, since its transactions may hear that they are aborted some time before it hears that it is closed. */
async function isGone({ database, gone }: Connection): Promise<boolean> {
  try {
    await unlessAborted(gone, completion(database.transaction("epochs", "readonly")));
    return false;
  } catch (error) {
    return gone.aborted || (error instanceof DOMException && error.name === "InvalidStateError");
  }
}

async function connectionTo(name: string): Promise<Connection> {
  const gone = new AbortController();
  try {
    const database = await opened(name);
    database.onclose = () => gone.abort();
    // Whoever deletes the database or brings a newer layout is not kept waiting.
    database.onversionchange = () => {
      database.close();
      gone.abort();
    };
    return { database, gone: gone.signal };
  } catch (error) {
    if (error instanceof DOMException && error.name === "VersionError") {
      throw new StoreNewer(
        `the IndexedDB database "${name}" was written by a newer version of Turno; update Turno in this page`,
        { cause: error },
      );
    }
    throw error;
  }
}

function opened(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, LAYOUT);
  request.onupgradeneeded = () => {
    for (const store of STORES) request.result.createObjectStore(store);
  };
  return answer(request);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completion(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

/** When the browser closes a connection, a transaction that is under way may hear nothing at all. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
