import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type Finding,
  formatDiagnosis,
  type Level,
  Queue,
  StoreReplaced,
  type Topic,
} from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { oneJob } from "./a-job.ts";
import { startChild } from "./start-child.ts";
import { temporaryFile } from "./temporary-file.ts";

type Store = ReturnType<typeof openSqliteStore>;

async function found(store: Store, about: Topic): Promise<Finding | undefined> {
  return (await store.examine()).findings.find((finding) => finding.about === about);
}

it("a new queue is well in every respect, as data and as text", async () => {
  const path = temporaryFile();
  const queue = new Queue({ store: openSqliteStore(path) });
  await queue.enqueue("mail");
  const diagnosis = await queue.doctor();
  const levels = Object.fromEntries(diagnosis.findings.map(({ about, level }) => [about, level]));
  expect(levels).toEqual({
    integrity: "good",
    identity: "good",
    log: "good",
    permissions: "good",
    room: "good",
    versions: "good",
    damaged: "good",
    stuck: "good",
    clock: "good",
    workers: "warning",
  } satisfies Partial<Record<Topic, Level>>);
  expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis);
  expect(formatDiagnosis(diagnosis)).toMatch(
    /^0 bad, 1 warning, 9 good, at [\s\S]*\nwarning {2}workers {6}nobody works, while 1 job could run\n/,
  );
  await queue.close();
});

it("nothing of what was found is kept, however often it is asked for", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const store = openSqliteStore(temporaryFile());
  const found: WeakRef<object>[] = [];
  for (let time = 0; time < 3; time++) found.push(new WeakRef(await store.examine()));
  const kept = () => {
    collect();
    return found.filter((one) => one.deref() !== undefined).length;
  };
  await expect.poll(kept, { timeout: 10_000 }).toBe(0);
  await store.close();
});

it("versions are those that matter, SQLite's too", async () => {
  const finding = await found(openSqliteStore(temporaryFile()), "versions");
  expect(finding?.facts).toEqual({
    schema: expect.any(Number),
    "@turno/store-node": expect.stringMatching(/^\d+\.\d+\.\d+/),
    SQLite: new Database(":memory:").prepare("SELECT sqlite_version()").pluck().get(),
    "better-sqlite3": expect.stringMatching(/^1\d\./),
    Node: process.versions.node,
  });
});

it("tables that a newer Turno has changed meanwhile are told", async () => {
  const path = temporaryFile();
  const store = openSqliteStore(path);
  new Database(path).exec("UPDATE turno_meta SET value = 99 WHERE key = 'schema'");
  expect(await found(store, "versions")).toMatchObject({
    level: "bad",
    message: expect.stringMatching(/^schema 99, .*: a newer Turno has changed the tables/),
    remedy: "update Turno in this program",
    facts: { schema: 99 },
  });
});

it("a queue in memory has no file to look at", async () => {
  const { findings, ready } = await openSqliteStore(":memory:").examine();
  expect(findings.map(({ about }) => about)).toEqual(["integrity", "versions", "damaged"]);
  expect(ready).toEqual([]);
});

describe("integrity", () => {
  it("is bad where an index does not fit its table, and tells which", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    store.commit(oneJob());
    const other = new Database(path).unsafeMode();
    other.pragma("writable_schema = ON");
    const swap = other.prepare(
      "UPDATE sqlite_schema SET rootpage = iif(rootpage = $one, $two, $one) WHERE rootpage IN ($one, $two)",
    );
    const rootOf = other.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck();
    swap.run({ one: rootOf.get("turno_jobs_ready"), two: rootOf.get("turno_jobs_due") });
    other.close();
    const finding = await found(openSqliteStore(path), "integrity");
    expect(finding).toMatchObject({
      level: "bad",
      message: expect.stringContaining("turno_jobs_ready"),
      remedy: expect.stringContaining("restore a backup"),
    });
  });

  it("is bad where pages are damaged, and the rest is looked at all the same", async () => {
    const path = temporaryFile();
    const first = openSqliteStore(path);
    first.commit({ now: 1_000, add: Array.from({ length: 500 }, () => oneJob().add[0] as never) });
    await first.close();
    const { size } = statSync(path);
    scribble(path, size - 40_960, 40_960);
    const { findings } = await openSqliteStore(path).examine();
    expect(findings.find(({ about }) => about === "integrity")?.level).toBe("bad");
    expect(findings.map(({ about }) => about)).toContain("permissions");
  });
});

it("jobs that wait in an index that is damaged are not taken for none", async () => {
  const path = temporaryFile();
  const store = openSqliteStore(path);
  await new Queue({ store }).enqueue("mail");
  await store.close();
  const other = new Database(path);
  const root = other.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'turno_jobs_ready'");
  const page = Number(root.pluck().get());
  other.close();
  scribble(path, (page - 1) * 4_096, 4_096);
  const queue = new Queue({ store: openSqliteStore(path) });
  const { findings } = await queue.doctor();
  const levelsOf = (topic: Topic) =>
    findings.filter(({ about }) => about === topic).map(({ level }) => level);
  expect(levelsOf("stuck")).toEqual(["bad"]);
  expect(findings.find(({ about }) => about === "workers")?.message).toBe(
    "nobody works, and whether jobs wait could not be read",
  );
  expect(findings.find(({ about }) => about === "integrity")?.facts["faults"]).not.toBe(undefined);
  await queue.close();
});

it("a store that has lost its file still tells of the file", async () => {
  const path = temporaryFile();
  const store = openSqliteStore(path);
  rmSync(path);
  expect(() => store.commit(oneJob())).toThrow(StoreReplaced);
  const diagnosis = await new Queue({ store }).doctor();
  expect(diagnosis.findings.filter(({ about }) => about === "stuck")).toHaveLength(1);
  expect(diagnosis.findings.find(({ about }) => about === "permissions")?.message).toBe(
    `there is no ${path} any more`,
  );
  expect(formatDiagnosis(diagnosis)).toMatch(
    /\nbad {6}identity {5}.* was deleted, moved or replaced\n.*to do: end every process [^]*\nbad {6}stuck {8}as for integrity\n/,
  );
});

it("a row of somebody's that breaks a rule of its table is no damage of the database", async () => {
  const path = temporaryFile();
  const store = openSqliteStore(path);
  new Database(path)
    .exec("CREATE TABLE theirs (value CHECK (value > 0)); PRAGMA ignore_check_constraints = 1")
    .exec("INSERT INTO theirs VALUES (-1)")
    .close();
  expect(await found(store, "integrity")).toMatchObject({
    level: "warning",
    message: expect.stringContaining("CHECK constraint failed in theirs"),
  });
});

describe("identity", () => {
  it("is bad where another file is at the path, and that one is not taken for ours", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    await openSqliteStore(`${path}.new`).close();
    renameSync(`${path}.new`, path);
    expect(await found(store, "identity")).toMatchObject({
      level: "bad",
      message: `${path} is no longer the file that was opened: it was deleted, moved or replaced`,
    });
  });

  it("is bad where the file was emptied", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    truncateSync(path);
    expect(await found(store, "identity")).toMatchObject({
      level: "bad",
      message: expect.stringContaining("was emptied"),
    });
  });

  it("is doubtful where the file has another name", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    linkSync(path, `${path}.twin`);
    expect(await found(store, "identity")).toMatchObject({ level: "warning", facts: { names: 2 } });
  });
});

it("a log that cannot be cut back is told with its size", async () => {
  const path = temporaryFile();
  const store = openSqliteStore(path, { durability: "normal" });
  const reader = new Database(path);
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM turno_jobs").get();
  const megabyte = oneJob({ payload: JSON.stringify("x".repeat(1_000_000)) });
  for (let count = 0; count < 70; count++) store.commit(megabyte);
  const finding = await found(store, "log");
  expect(finding).toMatchObject({ level: "warning", remedy: expect.stringContaining("lsof") });
  expect(finding?.facts["bytes"]).toBe(statSync(`${path}-wal`).size);
});

it("rows that strangers have damaged are told, with what is wrong in them", async () => {
  const path = temporaryFile();
  const store = openSqliteStore(path);
  store.commit({ now: 1_000, add: [oneJob().add[0]!, oneJob().add[0]!, oneJob().add[0]!] });
  const stranger = new Database(path);
  stranger.exec("UPDATE turno_jobs SET max_attempts = 0 WHERE seq = 2");
  stranger.exec("UPDATE turno_jobs SET backoff = 'soon' WHERE seq = 3");
  expect(await found(store, "damaged")).toEqual({
    about: "damaged",
    level: "warning",
    message: 'row 3 holds no job: its backoff is "soon", and 1 more',
    remedy: expect.stringContaining("retry their jobs"),
    facts: {
      count: 2,
      rows: [
        { seq: 3, type: "a", fault: 'its backoff is "soon"' },
        { seq: 2, type: "a", fault: "its maxAttempts is 0" },
      ],
    },
  });
});

describe("permissions", () => {
  it("name the user who lacks them and what he lacks them for", async ({ skip }) => {
    skip(process.getuid?.() !== 0, "only root can become another user");
    const path = temporaryFile();
    chmodSync(dirname(path), 0o777);
    const by = ["setpriv", "--reuid=65534", "--clear-groups"];
    const child = startChild("lose-permission", [path], { by });
    expect(JSON.parse(await child.line())).toMatchObject({
      level: "bad",
      message: expect.stringMatching(/^user 65534 may not write .*queue\.db(,|$)/),
      facts: { mode: "400", user: 65_534 },
    });
  });

  it("are too wide where everybody may write", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    expect(await found(store, "permissions")).toMatchObject({
      level: "good",
      facts: { mode: "600" },
    });
    chmodSync(path, 0o666);
    expect(await found(store, "permissions")).toMatchObject({
      level: "warning",
      message: expect.stringContaining("everybody on this machine may write"),
    });
  });
});

it("a store that is closed meanwhile says so, and lets go of the file", async () => {
  const path = temporaryFile();
  const store = openSqliteStore(path);
  store.commit(oneJob());
  const examining = store.examine();
  await store.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
  const { findings } = await examining;
  expect(findings.find(({ about }) => about === "damaged")).toMatchObject({
    level: "bad",
    message: expect.stringContaining("is closed"),
  });
});

/** Damages a file that nobody has open. */
function scribble(path: string, at: number, bytes: number): void {
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, at);
  closeSync(file);
}
