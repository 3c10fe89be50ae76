import { StoreCorrupt, StoreError, StoreFull } from "@turno/core";
import type { Persistence, RowImage, Stored } from "./persistence.ts";
import { StoreTakenOver } from "./store-taken-over.ts";

/** What it needs of a Durable Object's `ctx.storage`, whose class must keep its data in SQLite. */
export interface DurableObjectSql {
  readonly sql: {
    exec(query: string, ...parameters: (string | number | Uint8Array)[]): { toArray(): unknown[] };
  };
  transactionSync<T>(work: () => T): T;
  sync(): Promise<void>;
}

/** A row takes up to 2 MB. */
const PART_BYTES = 1_500_000;

/**
 * Keeps the database of sql.js in a Durable Object's own: the image and the groups since, each in as many rows as it
 * needs, and an epoch, by which each transaction is fenced.
 */
export class DurableObjectPersistence implements Persistence {
  readonly #storage: DurableObjectSql;
  #epoch = 0;
  #position = 0;

  constructor(storage: DurableObjectSql) {
    this.#storage = storage;
  }

  open(): Promise<Stored> {
    return this.#transact(() => {
      for (const sql of TABLES) this.#exec(sql);
      const [row] = this.#exec<{ epoch: number }>(
        "UPDATE turno_kept_epoch SET epoch = epoch + 1 RETURNING epoch",
      );
      this.#epoch = row?.epoch ?? 0;
      return this.#read();
    });
  }

  load(): Promise<Stored> {
    return this.#transactAsHolder(() => this.#read());
  }

  append(group: readonly RowImage[]): Promise<void> {
    const position = ++this.#position;
    const bytes = new TextEncoder().encode(JSON.stringify(group));
    return this.#transactAsHolder(() => this.#write(position, bytes));
  }

  snapshot(image: Uint8Array): Promise<void> {
    const upTo = this.#position;
    return this.#transactAsHolder(() => {
      this.#exec("DELETE FROM turno_kept WHERE position <= ?", upTo);
      this.#write(SNAPSHOT, image);
    });
  }

  confirm(): Promise<void> {
    return this.#transactAsHolder(() => {});
  }

  close(): void {}

  #read(): Stored {
    const rows = this.#exec<{ position: number; bytes: ArrayBuffer }>(
      "SELECT position, bytes FROM turno_kept ORDER BY position, part",
    );
    const byPosition = Map.groupBy(rows, ({ position }) => position);
    const texts = Array.from(byPosition, ([position, parts]) => ({
      position,
      bytes: joined(parts.map(({ bytes }) => new Uint8Array(bytes))),
    }));
    this.#position = Math.max(SNAPSHOT, ...texts.map(({ position }) => position));
    return {
      snapshot: texts.find(({ position }) => position === SNAPSHOT)?.bytes,
      log: texts.filter(({ position }) => position !== SNAPSHOT).map(({ bytes }) => toGroup(bytes)),
    };
  }

  #write(position: number, bytes: Uint8Array): void {
    for (let part = 0; part * PART_BYTES < bytes.length; part++) {
      const piece = bytes.slice(part * PART_BYTES, (part + 1) * PART_BYTES);
      const sql = "INSERT INTO turno_kept (position, part, bytes) VALUES (?, ?, ?)";
      this.#exec(sql, position, part, piece);
    }
  }

  #transactAsHolder<T>(work: () => T): Promise<T> {
    return this.#transact(() => {
      const [row] = this.#exec<{ epoch: number }>("SELECT epoch FROM turno_kept_epoch");
      if (row?.epoch === this.#epoch) return work();
      throw new StoreTakenOver(
        "another store has opened the queue in this Durable Object and holds it now; open the store anew to go on",
      );
    });
  }

  async #transact<T>(work: () => T): Promise<T> {
    try {
      const done = this.#storage.transactionSync(work);
      await this.#storage.sync();
      return done;
    } catch (error) {
      throw toStoreError(error);
    }
  }

  #exec<Row>(sql: string, ...parameters: (string | number | Uint8Array)[]): Row[] {
    return this.#storage.sql.exec(sql, ...parameters).toArray() as Row[];
  }
}

/** The position before the first group's. */
const SNAPSHOT = 0;

const TABLES = [
  "CREATE TABLE IF NOT EXISTS turno_kept_epoch (id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL) STRICT",
  "INSERT OR IGNORE INTO turno_kept_epoch (id, epoch) VALUES (1, 0)",
  `CREATE TABLE IF NOT EXISTS turno_kept (
    position INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (position, part)
  ) STRICT, WITHOUT ROWID`,
];

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function toGroup(bytes: Uint8Array): readonly RowImage[] {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as readonly RowImage[];
  } catch (cause) {
    throw new StoreCorrupt(
      "a group of changes in this Durable Object is damaged; restore it by onNextSessionRestoreBookmark",
      { cause },
    );
  }
}

function toStoreError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  if (/SQLITE_FULL|is full|storage limit/i.test(words)) {
    return new StoreFull(
      `the Durable Object has no room left (${words}); prune jobs, or spread them over several objects`,
      { cause },
    );
  }
  return new StoreError(
    "StoreFailed",
    `the Durable Object's storage refused the work (${words}); if it says nothing of the platform, please report this`,
    { cause },
  );
}
