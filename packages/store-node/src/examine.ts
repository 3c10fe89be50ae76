import { createRequire } from "node:module";
import {
  describeThrown,
  type Examination,
  type Finding,
  type ReadyJobs,
  type Topic,
} from "@turno/core";
import {
  damagedFinding,
  examineSql,
  integrityFinding,
  readyIn,
  type SqliteStore,
  versionsFinding,
} from "@turno/store-sqlite";
import type { Connection } from "./connection.ts";
import { driverVersion } from "./driver.ts";
import { fileFindings } from "./file-findings.ts";
import { inTurns } from "./in-turns.ts";
import type { OpenedFile } from "./opened-file.ts";
import { readInThread, type Rows } from "./whole-database.ts";

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
  const versions = versionsFinding(versionsOf(connection));
  const { integrity, ready } = await examineDatabase(connection, table, file);
  const damaged = await orFault("damaged", async () =>
    damagedFinding(await inTurns(tables.damagedInSteps())),
  );
  return { findings: [integrity, ...around, versions, damaged], ready };
}

async function examineDatabase(
  connection: Connection,
  table: string,
  file: OpenedFile | undefined,
): Promise<{ readonly integrity: Finding; readonly ready: readonly ReadyJobs[] }> {
  let ready: readonly ReadyJobs[] = [];
  const integrity = await orFault("integrity", async () => {
    const rows = await readAll(connection, examineSql(table), file);
    ready = readyIn(rows.ready);
    return integrityFinding(rows.integrity);
  });
  return { integrity, ready };
}

/** What else there is to see may tell why something cannot be looked at. */
async function orFault(about: Topic, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return { about, level: "bad", message: describeThrown(error).message, facts: {} };
  }
}

async function readAll(
  connection: Connection,
  sql: ReturnType<typeof examineSql>,
  file: OpenedFile | undefined,
): Promise<Rows<"integrity" | "ready">> {
  const rows = file && (await readInThread(file, sql));
  if (rows !== undefined) return rows;
  // What is in the thread's way may not be in that of this connection, which also finds better words for it.
  const { integrity, ready } = sql;
  return { integrity: connection.prepare(integrity).all(), ready: connection.prepare(ready).all() };
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
    const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
    return version;
  } catch {
    return undefined;
  }
}
