import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

/** For each path, one character a byte, its SHA-256: as the tools of the system say. */
export function sha256sums(directory: string): Map<string, string> {
  const command = 'find "$0" -type f -print0 | xargs -0 sha256sum -z';
  const output = execFileSync("sh", ["-c", command, directory], { maxBuffer: 1e9 });
  const lines = output.toString("latin1").split("\0").slice(0, -1);
  const pathAt = 64 + "  ".length + directory.length + "/".length;
  return new Map(lines.map((line) => [line.slice(pathAt), line.slice(0, 64)]));
}

/** The same, as the inventory in `data` says. */
export function inventoryIn(data: string): Map<string, string> {
  return read(data, (db) => {
    const rows = db.prepare<[], { path: Buffer; sha256: string }>("SELECT * FROM files").all();
    return new Map(rows.map(({ path, sha256 }) => [path.toString("latin1"), sha256]));
  });
}

/** A number out of the database in `data`; 0 where there is none yet. */
export function numberIn(data: string, sql: string): number {
  try {
    return read(data, (db) => db.prepare<[], number>(sql).pluck().get() ?? 0);
  } catch {
    return 0;
  }
}

/** The one database in `data`. */
export function databaseIn(data: string): string {
  const [file = "none", ...others] = readdirSync(data).filter((name) => name.endsWith(".db"));
  if (others.length > 0)
    throw new Error(`there are several databases: ${file}, ${others.join(", ")}`);
  return join(data, file);
}

function read<T>(data: string, ask: (db: Database.Database) => T): T {
  const db = new Database(databaseIn(data), { fileMustExist: true });
  try {
    return ask(db);
  } finally {
    db.close();
  }
}
