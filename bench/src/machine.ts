import { createRequire } from "node:module";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import Database from "better-sqlite3";
import { PACKAGES } from "./installed.ts";
import type { Machine } from "./results.ts";

/** The machine, with its load at this moment. */
export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "?",
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    load: [load()],
  };
}

/** Over the last minute. */
export function load(): number {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}

/** Of Node, SQLite and the packages that take part. */
export function versions(): Readonly<Record<string, string>> {
  const require = createRequire(import.meta.url);
  const database = new Database(":memory:");
  const sqlite = database.prepare<[], string>("SELECT sqlite_version()").pluck().get() ?? "?";
  database.close();
  return {
    node: process.versions.node,
    sqlite,
    turno: require("../package.json").version,
    "better-sqlite3": require("better-sqlite3/package.json").version,
    ...PACKAGES,
  };
}
