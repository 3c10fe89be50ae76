import { cancel, StoreCorrupt, StoreNewer, shown } from "@turno/core";
import { SqliteStore } from "@turno/store-sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { aJob } from "./a-job.ts";
import { betterSqlitePort } from "./better-sqlite-port.ts";
import { temporaryFile } from "./temporary-file.ts";

describe("opening", () => {
  it("makes a salt once and keeps it", () => {
    const file = temporaryFile();
    const first = open(file, { random: () => 0.5 });
    expect(first.salt).toBe(2 ** 33);
    expect(open(file, { random: () => 0.25 }).salt).toBe(2 ** 33);
  });

  it("takes every salt there is", () => {
    expect(open(temporaryFile(), { random: () => 1 - 2 ** -53 }).salt).toBe(2 ** 34 - 1);
    expect(open(temporaryFile(), { random: () => 0 }).salt).toBe(0);
  });

  it("finds the jobs of the last time", () => {
    const file = temporaryFile();
    const [added] = open(file).commit({ now: 1_000, add: [aJob({ payload: '"kept"' })] }).added;
    const [job] = open(file).get([1]);
    expect(job).toMatchObject({ id: added?.id, payload: '"kept"', state: "pending" });
  });

  it("keeps queues of different prefixes apart in one file", () => {
    const file = temporaryFile();
    const one = open(file, { table: "one_" });
    const two = open(file, { table: "two_" });
    one.commit({ now: 1_000, add: [aJob(), aJob()] });
    two.commit({ now: 1_000, add: [aJob()] });
    expect(one.counts().pending).toBe(2);
    expect(two.counts().pending).toBe(1);
    expect(one.salt).not.toBe(two.salt);
  });

  it.each(["turno", "_", "__proto__", "select", "a1", `a${"b".repeat(30)}`])(
    "takes the prefix %j",
    (table) => {
      const store = open(temporaryFile(), { table });
      store.commit({ now: 1_000, add: [aJob({ uniqueKey: "k" })] });
      expect(store.counts().pending).toBe(1);
    },
  );

  it.each([
    "",
    "1a",
    "A",
    "ünder",
    "a-b",
    "a b",
    'a"b',
    "sqlite_x",
    `a${"b".repeat(31)}`,
    "a\n",
    5,
    null,
  ])("refuses the prefix %j and names it", (table) => {
    const opening = () => open(temporaryFile(), { table: table as string });
    expect(opening).toThrow(TypeError);
    expect(opening).toThrow(`but is ${shown(table)}`);
  });
});

describe("migrating", () => {
  it("leaves a database alone that somebody else has migrated in between", () => {
    const file = temporaryFile();
    const late = betterSqlitePort(file);
    onTestFinished(() => late.close());
    let salt: number | undefined;
    const store = new SqliteStore({
      ...late,
      immediately(work) {
        salt ??= open(file).salt;
        return late.immediately(work);
      },
    });
    expect(salt).toBeDefined();
    expect(store.salt).toBe(salt);
  });

  it("adds what a database of an earlier version lacks, and keeps its jobs", () => {
    const file = temporaryFile();
    const earlier = open(file);
    const { salt } = earlier;
    // Then all payloads lay aside.
    const payload = JSON.stringify("x".repeat(1_000));
    earlier.commit({ now: 1_000, add: [aJob({ payload })] });
    const port = betterSqlitePort(file);
    onTestFinished(() => port.close());
    port.db.exec(
      "DROP TABLE turno_notes; DROP INDEX turno_jobs_rare; ALTER TABLE turno_jobs DROP COLUMN payload; " +
        "UPDATE turno_meta SET value = 1 WHERE key = 'schema'",
    );
    const store = open(file);
    expect(store.salt).toBe(salt);
    const worker = store.join({ leaseMs: 1_000 });
    const [job] = store.commit({ now: 1_000, claim: { worker, limit: 1 } }).claimed;
    expect(job?.payload).toBe(payload);
    const note = { seq: 1, revision: job!.revision, progress: "7", log: [] };
    store.commit({ now: 1_000, note: [note] });
    expect(store.notes([1])).toEqual([{ progress: "7", log: [] }]);
    store.commit({ now: 1_000, replace: [cancel(job!, 1_000)] });
    expect(store.list({ states: ["cancelled"], limit: 5 })).toMatchObject([{ seq: 1 }]);
  });

  it("leaves nothing behind where it fails", () => {
    const port = betterSqlitePort();
    port.db.exec("CREATE TABLE turno_jobs_due (x)");
    expect(() => new SqliteStore(port)).toThrow(/turno_jobs_due/);
    expect(port.db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get()).toBe(1);
  });

  it("refuses a schema from a newer version, and says which", () => {
    const file = temporaryFile();
    open(file);
    writeMeta(file, "UPDATE turno_meta SET value = value + 1 WHERE key = 'schema'");
    expect(() => open(file)).toThrow(StoreNewer);
    expect(() => open(file)).toThrow(
      /turno_\* have schema \d+, .*knows schemas up to \d+.*update Turno/,
    );
  });

  it("tells a running worker at its next beat that the schema has become newer", () => {
    const file = temporaryFile();
    const store = open(file);
    const worker = store.join({ leaseMs: 30_000 });
    writeMeta(file, "UPDATE turno_meta SET value = value + 1 WHERE key = 'schema'");
    expect(() => store.beat(worker)).toThrow(StoreNewer);
    expect(store.workers()).toMatchObject([{ id: worker, beat: 0 }]);
  });
});

describe("a database that is not a queue, or no longer", () => {
  it.each([
    ["has lost its salt", "DELETE FROM turno_meta WHERE key = 'salt'", "has lost its salt"],
    ["has lost its schema", "DELETE FROM turno_meta WHERE key = 'schema'", "has lost its schema"],
    ["has lost a table", "DROP TABLE turno_payloads", "some of them are missing"],
    ["has lost its meta", "DROP TABLE turno_meta", "no turno_meta of Turno's"],
  ])("that %s is refused as corrupt", (_, sql, message) => {
    const file = temporaryFile();
    open(file);
    writeMeta(file, sql);
    expect(() => open(file)).toThrow(StoreCorrupt);
    expect(() => open(file)).toThrow(message);
  });

  it.each(["CREATE TABLE turno_meta (name, version)", "CREATE TABLE Turno_Jobs (id)"])(
    "with a table of somebody else's is refused as corrupt: %s",
    (sql) => {
      const port = betterSqlitePort();
      port.db.exec(sql);
      expect(() => new SqliteStore(port)).toThrow(StoreCorrupt);
      expect(() => new SqliteStore(port)).toThrow("no turno_meta of Turno's");
    },
  );
});

function open(file: string, options?: ConstructorParameters<typeof SqliteStore>[1]): SqliteStore {
  const port = betterSqlitePort(file);
  onTestFinished(() => port.close());
  return new SqliteStore(port, options);
}

function writeMeta(file: string, sql: string): void {
  const port = betterSqlitePort(file);
  port.db.exec(sql);
  port.close();
}
