import { symlinkSync } from "node:fs";
import { StoreBusy, StoreClosed, StoreUnwritable } from "@turno/core";
import { openSqliteStore, type SqliteNodeStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { oneJob } from "./a-job.ts";
import { temporaryFile } from "./temporary-file.ts";

let path: string;
let store: SqliteNodeStore;
let database: Database.Database;
beforeEach(() => {
  path = temporaryFile();
  store = openSqliteStore(path);
  database = new Database(path);
  database.exec("CREATE TABLE users (name TEXT UNIQUE)");
});

describe("a write within a transaction of the caller's", () => {
  it("is kept with the caller's rows", async () => {
    const signUp = database.transaction((name: string) => {
      database.prepare("INSERT INTO users VALUES (?)").run(name);
      const { added } = store.within(database).commit(oneJob());
      expect(store.get([1])).toEqual([undefined]);
      return added;
    });
    expect(signUp("ana")).toMatchObject([{ added: true }]);
    expect((await store.counts()).pending).toBe(1);
  });

  it("is undone with the caller's rows", async () => {
    const signUp = database.transaction(() => {
      store.within(database).commit(oneJob());
      throw new Error("changed my mind");
    });
    expect(signUp).toThrow("changed my mind");
    expect((await store.counts()).pending).toBe(0);
  });

  it("that fails leaves nothing behind where the caller commits all the same", async () => {
    const inside = store.within(database);
    const signUp = database.transaction(() => {
      database.prepare("INSERT INTO users VALUES ('ana')").run();
      inside.commit(oneJob());
      // Its row can be written, and its payload breaks a rule of the table.
      const broken = oneJob({ payload: Buffer.from("null") as never });
      expect(() => inside.commit(broken)).toThrow();
    });
    signUp();
    expect((await store.counts()).pending).toBe(1);
    expect(database.prepare("SELECT * FROM users").all()).toHaveLength(1);
  });

  it("may be made on the Database that was handed in", async () => {
    const own = openSqliteStore(database);
    database.transaction(() => own.within(database).commit(oneJob()))();
    expect((await own.counts()).pending).toBe(1);
    const memory = new Database(":memory:");
    const inMemory = openSqliteStore(memory);
    memory.transaction(() => inMemory.within(memory).commit(oneJob()))();
    expect((await inMemory.counts()).pending).toBe(1);
  });

  it("may be made on a connection by another name of the file", async () => {
    symlinkSync(path, `${path}.link`);
    const linked = new Database(`${path}.link`);
    linked.transaction(() => store.within(linked).commit(oneJob()))();
    expect((await store.counts()).pending).toBe(1);
  });

  it("is refused for the moment where somebody else has written since the transaction began", async () => {
    database.exec("BEGIN");
    database.prepare("SELECT * FROM users").all();
    store.commit(oneJob());
    expect(() => store.within(database).commit(oneJob())).toThrow(StoreBusy);
    database.exec("ROLLBACK");
    expect((await store.counts()).pending).toBe(1);
  });
});

describe("within refuses", () => {
  it("a connection that is in no transaction", () => {
    expect(() => store.within(database).commit(oneJob())).toThrow(TypeError);
    expect(() => store.within(database).commit(oneJob())).toThrow(
      /in a transaction, but none is open on this one/,
    );
  });

  it("a connection to another database", () => {
    for (const other of [new Database(temporaryFile()), new Database(":memory:")]) {
      const write = other.transaction(() => store.within(other).commit(oneJob()));
      expect(write).toThrow(/within takes a connection to .*queue\.db, but got one to /);
      const inMemory = openSqliteStore(":memory:");
      expect(other.transaction(() => inMemory.within(other).commit(oneJob()))).toThrow(TypeError);
    }
  });

  it("what is no Database", () => {
    expect(() => store.within({} as never).commit(oneJob())).toThrow(
      /takes a Database of better-sqlite3/,
    );
  });

  it("a connection that is closed", () => {
    database.close();
    expect(() => store.within(database).commit(oneJob())).toThrow(/is closed/);
  });

  it("to write by a connection that can only read, and lets its transaction go on", async () => {
    const reader = new Database(path, { readonly: true });
    const queryOnly = new Database(path);
    queryOnly.pragma("query_only = ON");
    for (const connection of [reader, queryOnly]) {
      const look = connection.transaction(() => {
        expect(() => store.within(connection).commit(oneJob())).toThrow(StoreUnwritable);
        return connection.prepare("SELECT COUNT(*) FROM users").pluck().get();
      });
      expect(look()).toBe(0);
    }
    expect((await store.counts()).pending).toBe(0);
  });

  it("to write while the connection's rows are iterated over", async () => {
    database.exec("INSERT INTO users VALUES ('ana'), ('ben')");
    const greet = database.transaction(() => {
      for (const _ of database.prepare("SELECT * FROM users").iterate())
        expect(() => store.within(database).commit(oneJob())).toThrow(StoreBusy);
      return store.within(database).commit(oneJob());
    });
    greet.immediate();
    expect((await store.counts()).pending).toBe(1);
  });

  it("everything once the store is closed", async () => {
    await store.close();
    const write = database.transaction(() => store.within(database).commit(oneJob()));
    expect(write).toThrow(StoreClosed);
  });
});
