import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { StoreCorrupt, StoreNewer, StoreUnwritable } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { oneJob } from "./a-job.ts";
import { temporaryFile } from "./temporary-file.ts";

describe("the connection", () => {
  it.each(["full", "normal"] as const)("has durability %s at every open", async (durability) => {
    const path = temporaryFile();
    for (let time = 0; time < 2; time++) {
      const database = new Database(path);
      const store = openSqliteStore(database, { durability });
      expect(pragma(database, "synchronous")).toBe(durability === "full" ? 2 : 1);
      // Where a disk has to be told to empty its own cache.
      expect(pragma(database, "fullfsync")).toBe(durability === "full" ? 1 : 0);
      expect(pragma(database, "checkpoint_fullfsync")).toBe(1);
      expect(pragma(database, "journal_mode")).toBe("wal");
      expect(pragma(database, "journal_size_limit")).toBe(64 * 1024 * 1024);
      expect(pragma(database, "wal_autocheckpoint")).toBe(1_000);
      await store.close();
      database.close();
    }
  });

  it("waits 50 ms for others, or as long as it is told, up to 100 ms", () => {
    const database = new Database(":memory:");
    openSqliteStore(database);
    expect(pragma(database, "busy_timeout")).toBe(50);
    openSqliteStore(database, { busyTimeoutMs: 0 });
    expect(pragma(database, "busy_timeout")).toBe(0);
    for (const busyTimeoutMs of [101, -1, 1.5, Number.NaN]) {
      expect(() => openSqliteStore(database, { busyTimeoutMs })).toThrow(
        /busyTimeoutMs must be .* up|from 0 to 100/,
      );
    }
  });

  it("refuses another durability, and a table that is no prefix, before it creates a file", () => {
    const path = temporaryFile();
    expect(() => openSqliteStore(path, { durability: "off" as never })).toThrow(
      /"full" or "normal", but is "off"/,
    );
    expect(() => openSqliteStore(path, { table: "drop table" })).toThrow(TypeError);
    expect(() => openSqliteStore(path, { durabilty: "normal" } as never)).toThrow(
      /no option "durabilty"/,
    );
    expect(() => openSqliteStore(`${path}/`)).toThrow(/must be a path/);
    expect(existsSync(path)).toBe(false);
  });
});

describe("a file that is created", () => {
  it("is its owner's alone, with its log, and says what it is for", () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    store.commit(oneJob());
    for (const file of [path, `${path}-wal`, `${path}-shm`])
      expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(pragma(new Database(path), "application_id")).toBe(0x54_72_6e_6f);
  });

  it("keeps its mode and its application_id where it was somebody else's", () => {
    const path = temporaryFile();
    const database = new Database(path);
    database.pragma("application_id = 7");
    const { mode } = statSync(path);
    openSqliteStore(path);
    expect(pragma(database, "application_id")).toBe(7);
    expect(statSync(path).mode).toBe(mode);
  });

  it("may have been made empty by somebody", () => {
    const path = temporaryFile();
    writeFileSync(path, "");
    expect(openSqliteStore(path).commit(oneJob()).added).toHaveLength(1);
  });
});

describe("the path", () => {
  it("may be relative, to the directory of the moment it is opened", () => {
    const path = temporaryFile();
    openSqliteStore(relative(process.cwd(), path));
    expect(existsSync(path)).toBe(true);
  });

  it("may be a file URL, as an object or as text", async () => {
    const path = temporaryFile();
    openSqliteStore(pathToFileURL(path)).commit(oneJob());
    expect((await openSqliteStore(pathToFileURL(path).href).counts()).pending).toBe(1);
  });

  it.each([
    "",
    " ",
    "a.db ",
    "a\0b",
    "file:a.db?mode=memory",
    7,
    undefined,
    null,
    {},
    new URL("https://a.example/"),
  ])("cannot be %j", (target) => {
    expect(() => openSqliteStore(target as string)).toThrow(TypeError);
  });

  it("in a missing directory is refused with the directory's name", () => {
    const path = join(dirname(temporaryFile()), "missing", "queue.db");
    const opening = () => openSqliteStore(path);
    expect(opening).toThrow(StoreUnwritable);
    expect(opening).toThrow(
      `${path} cannot be created, because there is no directory ${dirname(path)}`,
    );
  });

  it("of a directory is refused", () => {
    const path = dirname(temporaryFile());
    expect(() => openSqliteStore(path)).toThrow(StoreUnwritable);
    expect(() => openSqliteStore(path)).toThrow(/is a directory/);
  });
});

describe("a file that is no queue's any more", () => {
  it("is refused and left alone where it is no database", () => {
    const path = temporaryFile();
    const text = "This is no database, but a long enough text. ".repeat(30);
    writeFileSync(path, text);
    const opening = () => openSqliteStore(path);
    expect(opening).toThrow(StoreCorrupt);
    expect(opening).toThrow(
      /queue\.db is damaged, or is no SQLite database \(SQLITE_NOTADB\); .* restore it/,
    );
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it.each(["-wal", "-turno"])(
    "is refused where it is empty with its %s still beside it",
    (kind) => {
      const path = temporaryFile();
      writeFileSync(path, "");
      if (kind === "-wal") writeFileSync(`${path}-wal`, "frames");
      else mkdirSync(`${path}-turno`);
      expect(() => openSqliteStore(path)).toThrow(StoreCorrupt);
      expect(statSync(path).size).toBe(0);
      expect(existsSync(`${path}${kind}`)).toBe(true);
    },
  );

  it("is no such file while another process has only just created it, beside what an older one left", () => {
    const path = temporaryFile();
    const made = temporaryFile();
    new Database(made).exec("CREATE TABLE theirs (value)").close();
    writeFileSync(path, "");
    mkdirSync(`${path}-turno`);
    // Another process, since opening holds up this one.
    spawn("sh", ["-c", 'sleep 0.1; cat "$1" > "$2"', "sh", made, path]);
    expect(openSqliteStore(path).commit(oneJob()).added).toHaveLength(1);
  });

  it("is refused where its tables are a newer version's", () => {
    const path = temporaryFile();
    openSqliteStore(path);
    new Database(path).exec("UPDATE turno_meta SET value = 99 WHERE key = 'schema'");
    const thrown = expect(() => openSqliteStore(path));
    thrown.toThrow(StoreNewer);
    thrown.toThrow(`the tables turno_* of ${path} have schema 99`);
  });
});

describe("a Database that is handed in", () => {
  it("stays open when the store is closed, and the store's calls are refused", async () => {
    const database = new Database(temporaryFile());
    const store = openSqliteStore(database);
    await store.close();
    expect(database.open).toBe(true);
    await expect(store.counts()).rejects.toThrow(
      /the store on .*queue\.db is closed; open it anew/,
    );
  });

  it("may give BigInts to its owner", () => {
    const database = new Database(temporaryFile());
    database.defaultSafeIntegers(true);
    const store = openSqliteStore(database);
    expect(store.commit(oneJob()).added).toMatchObject([{ added: true }]);
    expect(store.get([1])[0]?.seq).toBe(1);
  });

  it("is refused inside a transaction, and where it can only be read", () => {
    const path = temporaryFile();
    const database = new Database(path);
    const opening = database.transaction(() => openSqliteStore(database));
    expect(opening).toThrow(
      /a transaction is open on the Database of .*queue\.db; open the store outside/,
    );
    expect(() => openSqliteStore(new Database(path, { readonly: true }))).toThrow(StoreUnwritable);
  });

  it("may be in memory, without a heart", () => {
    const store = openSqliteStore(new Database(":memory:"));
    expect(store.heart).toBeUndefined();
    expect(store.watch).toBeUndefined();
    expect(store.commit(oneJob()).added).toHaveLength(1);
  });

  it("must be better-sqlite3's", () => {
    class Other {}
    expect(() => openSqliteStore(new Other() as never)).toThrow(
      /a Database of better-sqlite3, but is an instance of Other/,
    );
  });
});

describe("one database", () => {
  it("can hold several queues, each under its own prefix", async () => {
    const path = temporaryFile();
    openSqliteStore(path).commit(oneJob());
    expect((await openSqliteStore(path, { table: "mail_" }).counts()).pending).toBe(0);
  });
});

function pragma(database: Database.Database, name: string): unknown {
  return database.pragma(name, { simple: true });
}
