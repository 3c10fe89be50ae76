import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue, StoreError } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { hostileSuite } from "@turno/testkit";
import Database from "better-sqlite3";
import { afterAll, expect, it } from "vitest";

/** For a long campaign: HOSTILE_RUNS=10000 HOSTILE_SEED=7. */
const { HOSTILE_RUNS, HOSTILE_SEED } = process.env;
const runs = Number(HOSTILE_RUNS ?? 10);
const seed = Number(HOSTILE_SEED ?? 1);

const directory = mkdtempSync(join(tmpdir(), "turno-"));
const statements = new Set<string>();
let files = 0;
afterAll(() => rmSync(directory, { recursive: true, force: true }));

hostileSuite("better-sqlite3 in memory", {
  runs,
  seed,
  open: () => openSqliteStore(spied()),
  opening: {
    options: ["table", "durability", "busyTimeoutMs", "random"],
    open: (target, options) => openSqliteStore(harmless(target) as string, options as never),
  },
});
hostileSuite("better-sqlite3 in a file", {
  runs: Math.ceil(runs / 3),
  seed,
  open: () => openSqliteStore(join(directory, `${++files}.db`), { durability: "normal" }),
});

it("no statement was prepared that has anything of the input in it", () => {
  expect(statements.size).toBeGreaterThan(20);
  // Ours are those of the same length of lists, and of no other text.
  const shapes = new Set(
    Array.from(statements, (sql) =>
      sql.replaceAll(/\d+/g, "0").replaceAll(/(SELECT .*?UNION ALL )+/gs, "…"),
    ),
  );
  expect(
    [...shapes].filter((sql) => /DROP|--|reboot|"|`|\\|passwd|OR 1=1|__proto__/.test(sql)),
  ).toEqual([]);
  expect(shapes.size).toBeLessThan(200);
});

it("no file was made but those of the databases", () => {
  expect(readdirSync(directory).filter((name) => !/^\d+\.db/.test(name))).toEqual([]);
});

it.each(["/dev/null", "/dev/null/x", "/dev/full", `/tmp/${"x".repeat(5_000)}`])(
  "a path such as %s is refused with an error of ours",
  (path) => {
    expect(() => openSqliteStore(path)).toThrow(StoreError);
  },
);

it.each([
  "file:///%E0%A4%A",
  "file:///a%2Fb",
  new URL("https://example.org/x"),
  "file:x?mode=memory",
  "a\0b",
  " a",
])("an address such as %o is refused, and makes no file", (target) => {
  expect(() => openSqliteStore(target)).toThrow(/^the database must be a path/);
});

it("what only inherits from a Database is refused", () => {
  const fake = Object.create(Database.prototype) as Database.Database;
  expect(() => openSqliteStore(fake)).toThrow(/^the database must be a path/);
  const queue = new Queue({ store: openSqliteStore(":memory:") });
  expect(() => queue.within(fake).enqueue("a", 1)).toThrow(/^within takes a Database/);
});

/** A path in the campaign's own directory where the target is one; memory where there is none. */
function harmless(target: unknown): unknown {
  if (target === undefined) return ":memory:";
  const isPath =
    typeof target === "string" && target !== "" && !/^(file:|:memory:)|[/\0]|^\.+$/.test(target);
  return isPath ? join(directory, `1.db ${target}`) : target;
}

/** A database in memory that remembers each statement. */
function spied(): Database.Database {
  const database = new Database(":memory:");
  const { prepare, exec } = database;
  database.prepare = ((sql: string) => {
    statements.add(sql);
    return prepare.call(database, sql);
  }) as typeof prepare;
  database.exec = (sql) => {
    statements.add(sql);
    return exec.call(database, sql);
  };
  return database;
}
