import { createRequire } from "node:module";
import { type Examination, type Finding, notLookedAt, type Topic } from "@turno/core";
import {
  damagedFinding,
  examineSql,
  integrityFinding,
  readyIn,
  type SqliteStore,
  type SqlRow,
  versionsFinding,
} from "@turno/store-sqlite";
import type { Connection } from "../connection.ts";
import { driverVersion } from "../driver.ts";
import { fileFindings } from "./file-findings.ts";
import { inTurns } from "../in-turns.ts";
import type { OpenedFile } from "../file/opened-file.ts";
import { readInThread } from "./whole-database.ts";

interface Examined {
  readonly connection: Connection;
  /** The same tables over the same connection. */
  readonly tables: SqliteStore;
  readonly table: string;
  readonly file: OpenedFile | undefined;
}

/** Looks at a queue's database, its file and what is around it; what takes long happens in a thread. */
export async function examine({ connection, tables, table, file }: Examined): Promise<Examination> {
  const around = file === undefined ? [] : fileFindings(file);
  const versions = await orFault("versions", () =>
    versionsFinding(connection, table, versionsOf(connection)),
  );
  const read = await reader(connection, table, file);
  const integrity = await orFault("integrity", () => integrityFinding(read("integrity")));
  const waiting = waitingJobs(read);
  const damaged = await orFault("damaged", async () =>
    damagedFinding(await inTurns(tables.damagedInSteps())),
  );
  return {
    findings: [integrity, ...around, versions, damaged, ...waiting.findings],
    ready: waiting.ready,
  };
}

type Statement = keyof ReturnType<typeof examineSql>;

/** What gives the rows of the statements that read the whole database. */
async function reader(connection: Connection, table: string, file: OpenedFile | undefined) {
  const sql = examineSql(table);
  const rows = file && (await readInThread<Statement>(file, { sql, partial: ["integrity"] }));
  // What is in the thread's way may not be in that of this connection, which also finds better words for it.
  return (name: Statement) => rows?.[name] ?? connection.prepare(sql[name]).all();
}

function waitingJobs(read: (name: Statement) => readonly SqlRow[]): Examination {
  try {
    return { findings: [], ready: readyIn(read("ready")) };
  } catch (error) {
    return { findings: [notLookedAt("stuck", error)], ready: undefined };
  }
}

/** What else there is to see may tell why something cannot be looked at. */
async function orFault(about: Topic, look: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return notLookedAt(about, error);
  }
}

function versionsOf(connection: Connection): Record<string, string> {
  const sqlite = connection.prepare("SELECT sqlite_version() AS version").get();
  const own = ownVersion();
  return {
    ...(own !== undefined && { "@turno/store-node": own }),
    SQLite: String(sqlite?.["version"]),
    "better-sqlite3": driverVersion(),
    Node: process.versions.node,
  };
}

/** Unknown in a bundle. */
function ownVersion(): string | undefined {
  try {
    const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
    return version;
  } catch {
    return undefined;
  }
}
