import { closeSync, existsSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { StoreCorrupt, StoreUnwritable } from "@turno/core";
import { logOf } from "./kept-files.ts";
import { logSizeOf } from "../log/log-size.ts";
import { shown } from "../shown.ts";
import { sidecarOf } from "./sidecar.ts";
import { standStill } from "../stand-still.ts";
import { storeErrorOf } from "../store-error-of.ts";

export const IN_MEMORY = ":memory:";

/** For how long a file may be empty that somebody has just created: some milliseconds, if he is not held up. */
const CREATING_MS = 1_000;

/** The absolute path that is meant, or `:memory:`; throws a `TypeError` where it is none. */
export function databasePath(target: unknown): string {
  if (target === IN_MEMORY) return target;
  const path = pathIn(target);
  if (
    typeof path !== "string" ||
    path === "" ||
    path !== path.trim() ||
    /^file:|\0|[/\\]$/.test(path)
  ) {
    throw new TypeError(
      'the database must be a path, a file:/// URL, ":memory:" or a Database of better-sqlite3, but is ' +
        shown(target),
    );
  }
  return resolve(path);
}

/**
 * Creates the file where there is none, for its owner alone; says whether it did. Throws where a queue cannot be
 * opened there, or is no longer in it.
 */
export function createDatabaseFile(path: string): boolean {
  refuseLogAlone(path);
  try {
    // "wx": it opens no file that is there, whose locks would be lost when it is closed here.
    closeSync(openSync(path, "wx", 0o600));
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw cannotCreate(error, path);
  }
  const { size, isDirectory } = inspect(path);
  if (isDirectory) {
    throw new StoreUnwritable(`${path} is a directory; give the path of a file, in it for example`);
  }
  if (size === 0 && heldAQueue(path) && staysEmpty(path)) {
    throw new StoreCorrupt(
      `${path} is empty, and was a queue: there are still ${logOf(path)} or ${sidecarOf(path)}; restore it from a ` +
        "backup, or delete those as well to begin afresh",
    );
  }
  return false;
}

/** A new database would throw away what is in the log of the one that is missing. */
function refuseLogAlone(path: string): void {
  // In this order: who creates a database creates its log after it.
  if (logSizeOf(path) === 0 || existsSync(path)) return;
  throw new StoreCorrupt(
    `${path} is missing, but its log is there with jobs that are not in any other file: ${logOf(path)}; put the ` +
      "database back beside it, or delete the log as well to begin afresh",
  );
}

/** The path of a URL of a file, undefined where it has none; anything else as it is. */
function pathIn(target: unknown): unknown {
  try {
    const isUrl =
      typeof target === "string" ? target.startsWith("file:///") : target instanceof URL;
    return isUrl ? fileURLToPath(target as string | URL) : target;
  } catch {
    return undefined;
  }
}

function cannotCreate(error: unknown, path: string): unknown {
  if (codeOf(error) !== "ENOENT") return storeErrorOf(error, path);
  return new StoreUnwritable(
    `${path} cannot be created, because there is no directory ${dirname(path)}; create it first`,
    { cause: error },
  );
}

function inspect(path: string): { readonly size: number; readonly isDirectory: boolean } {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return { size: found?.size ?? 0, isDirectory: found?.isDirectory() ?? false };
  } catch (error) {
    throw storeErrorOf(error, path);
  }
}

function heldAQueue(path: string): boolean {
  return logSizeOf(path) > 0 || existsSync(sidecarOf(path));
}

/** Another process that has just created it, beside what an older one left, is about to write it. */
function staysEmpty(path: string): boolean {
  const deadline = performance.now() + CREATING_MS;
  while (inspect(path).size === 0) {
    if (performance.now() >= deadline) return true;
    standStill(5);
  }
  return false;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
