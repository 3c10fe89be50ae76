import { StoreError, StoreNewer } from "@turno/core";
import { indexedDbError } from "./indexed-db-error.ts";
import type { Persistence, RowImage, Stored } from "./persistence.ts";
import { StoreTakenOver } from "./store-taken-over.ts";

/** `meta` has the epoch, `snap` the image, `log` the groups since, by position. */
const STORES = ["meta", "snap", "log"] as const;
type StoreName = (typeof STORES)[number];
const LAYOUT = 1;

/** Keeps the database in IndexedDB: a snapshot, a log of row images, and an epoch that each transaction looks at. */
export class IndexedDb implements Persistence {
  readonly #name: string;
  #database: Promise<IDBDatabase> | undefined;
  #epoch = 0;
  #position = 0;

  /** `name` is that of the database within its origin. */
  constructor(name: string) {
    this.#name = name;
  }

  open(): Promise<Stored> {
    return this.#transact(STORES, "readwrite", async (stores) => {
      this.#epoch = ((await answer<number | undefined>(stores.meta.get("epoch"))) ?? 0) + 1;
      stores.meta.put(this.#epoch, "epoch");
      return this.#read(stores);
    });
  }

  load(): Promise<Stored> {
    return this.#transactAsHolder(STORES, "readonly", (stores) => this.#read(stores));
  }

  append(group: readonly RowImage[]): Promise<void> {
    const position = ++this.#position;
    return this.#transactAsHolder(["meta", "log"], "readwrite", ({ log }) => {
      log.put(group, position);
    });
  }

  snapshot(image: Uint8Array): Promise<void> {
    const upTo = this.#position;
    return this.#transactAsHolder(STORES, "readwrite", ({ snap, log }) => {
      snap.put(image, "image");
      log.delete(IDBKeyRange.upperBound(upTo));
    });
  }

  confirm(): Promise<void> {
    return this.#transactAsHolder(["meta"], "readonly", () => {});
  }

  async close(): Promise<void> {
    const database = await this.#database?.catch(() => undefined);
    database?.close();
  }

  async #read({ snap, log }: Readonly<Record<StoreName, IDBObjectStore>>): Promise<Stored> {
    const [snapshot, groups, positions] = await Promise.all([
      answer<Uint8Array | undefined>(snap.get("image")),
      answer<(readonly RowImage[])[]>(log.getAll()),
      answer<IDBValidKey[]>(log.getAllKeys()),
    ]);
    this.#position = Number(positions.at(-1) ?? 0);
    return { snapshot, log: groups };
  }

  #transactAsHolder<T>(
    names: readonly StoreName[],
    mode: IDBTransactionMode,
    work: (stores: Readonly<Record<StoreName, IDBObjectStore>>) => T | Promise<T>,
  ): Promise<T> {
    return this.#transact(names, mode, async (stores) => {
      const epoch = await answer<number | undefined>(stores.meta.get("epoch"));
      if (epoch !== this.#epoch) throw takenOver(this.#name);
      return work(stores);
    });
  }

  /** Resolves once the transaction is complete; what `work` throws aborts it. */
  async #transact<T>(
    names: readonly StoreName[],
    mode: IDBTransactionMode,
    work: (stores: Readonly<Record<StoreName, IDBObjectStore>>) => Promise<T>,
  ): Promise<T> {
    try {
      const database = await this.#opened();
      // Chromium would otherwise say "complete" before the disk does.
      const transaction = database.transaction(names, mode, { durability: "strict" });
      const completed = completion(transaction);
      const stores = names.map((name) => [name, transaction.objectStore(name)] as const);
      try {
        const done = await work(Object.fromEntries(stores) as Record<StoreName, IDBObjectStore>);
        await completed;
        return done;
      } catch (error) {
        abort(transaction);
        // A transaction that ended by itself says why better than the request that it took along.
        throw await completed.then(
          () => error,
          (reason: unknown) => (error instanceof StoreError ? error : (reason ?? error)),
        );
      }
    } catch (error) {
      throw indexedDbError(error, this.#name);
    }
  }

  #opened(): Promise<IDBDatabase> {
    this.#database ??= openDatabase(this.#name, () => {
      this.#database = undefined;
    });
    return this.#database;
  }
}

/** `onGone` is called when the connection cannot be used any more, or never could. */
function openDatabase(name: string, onGone: () => void): Promise<IDBDatabase> {
  const opened = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, LAYOUT);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened.then(
    (database) => {
      database.onclose = onGone;
      // Whoever deletes the database or brings a newer layout is not kept waiting.
      database.onversionchange = () => {
        database.close();
        onGone();
      };
      return database;
    },
    (error: unknown) => {
      onGone();
      if (error instanceof DOMException && error.name === "VersionError") {
        throw new StoreNewer(
          `the IndexedDB database "${name}" was written by a newer version of Turno; update Turno in this page`,
          { cause: error },
        );
      }
      throw error;
    },
  );
}

function answer<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error);
  });
}

function completion(transaction: IDBTransaction): Promise<void> {
  const completed = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  // It may end before anybody looks.
  completed.catch(() => {});
  return completed;
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}

function takenOver(name: string): StoreTakenOver {
  return new StoreTakenOver(
    `another tab or worker has opened the queue in the IndexedDB database "${name}" and holds it now; ` +
      "open the store anew to go on",
  );
}
