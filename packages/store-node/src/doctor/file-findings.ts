import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type Finding, type Level, notLookedAt, type Topic } from "@turno/core";
import { findFile } from "../file/file-identity.ts";
import { logOf, type Missing, missingOf } from "../file/kept-files.ts";
import { LOG_LIMIT_BYTES } from "../log/log-size.ts";
import type { OpenedFile } from "../file/opened-file.ts";
import { sidecarOf } from "../file/sidecar.ts";
import { storeErrorOf } from "../store-error-of.ts";

/** What can be seen of a database's file from outside; nothing is opened. */
export function fileFindings(file: OpenedFile): readonly Finding[] {
  return [
    looked(file, "identity", () => identity(file)),
    looked(file, "log", () => log(file.path)),
    looked(file, "permissions", () => permissions(file.path)),
    looked(file, "room", () => room(file.path)),
  ];
}

type Looked = Omit<Finding, "about" | "facts"> & Partial<Pick<Finding, "facts">>;

const MEGABYTE = 1024 * 1024;
const LITTLE_ROOM = 100 * MEGABYTE;
const NO_ROOM = 10 * MEGABYTE;

function looked(file: OpenedFile, about: Topic, look: () => Looked): Finding {
  try {
    const { facts = {}, ...found } = look();
    return { about, ...found, facts };
  } catch (error) {
    return notLookedAt(about, storeErrorOf(error, file.path));
  }
}

const MISSING: Readonly<Record<Missing, string>> = {
  replaced: "is no longer the file that was opened: it was deleted, moved or replaced",
  emptied: "was emptied while it was open",
  "log lost": "has lost its -wal or -shm while it was open",
};

function identity({ path, kept }: OpenedFile): Looked {
  const facts = { path, bytes: Number(findFile(path)?.size ?? 0) };
  const missing = missingOf(kept);
  if (missing !== undefined)
    return {
      level: "bad",
      message: `${path} ${MISSING[missing]}`,
      remedy:
        "end every process that has it open, and kill none; then restore a backup, or start them anew",
      facts,
    };
  const { nlink } = statSync(path);
  if (nlink > 1)
    return {
      level: "warning",
      message: `${path} has ${nlink} names, and SQLite finds its log by the name alone`,
      remedy: "keep one name: who opens it by another damages it",
      facts: { ...facts, names: nlink },
    };
  return { level: "good", message: `${path}, ${sizeText(facts.bytes)}`, facts };
}

function log(path: string): Looked {
  const bytes = statSync(logOf(path), { throwIfNoEntry: false })?.size ?? 0;
  const facts = { bytes, limit: LOG_LIMIT_BYTES };
  const message = `the write-ahead log has ${sizeText(bytes)}`;
  if (bytes <= LOG_LIMIT_BYTES) return { level: "good", message, facts };
  return {
    level: "warning",
    message: `${message}, more than the ${sizeText(LOG_LIMIT_BYTES)} to which it is cut back`,
    remedy: `end the transaction or statement that has been open for long on it (\`lsof ${path}\` names the processes that have it open)`,
    facts,
  };
}

function permissions(path: string): Looked {
  const places = [path, `${path}-wal`, `${path}-shm`, dirname(path), sidecarOf(path)];
  const unwritable = places.filter((place) => existsSync(place) && !mayWrite(place));
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return { level: "bad", message: `there is no ${path} any more` };
  const bits = file.mode & 0o777;
  const mode = bits.toString(8).padStart(3, "0");
  const user = process.getuid?.();
  const facts = { mode, unwritable, ...(user !== undefined && { user }) };
  if (unwritable.length > 0)
    return {
      level: "bad",
      message: `user ${user ?? "of this process"} may not write ${unwritable.join(", ")}`,
      remedy: "give that user the right to write the file, its -wal and -shm, and its directory",
      facts,
    };
  if ((bits & 0o002) !== 0)
    return {
      level: "warning",
      message: `everybody on this machine may write ${path} (mode ${mode}), and so have jobs run`,
      remedy: `chmod o-w ${path}`,
      facts,
    };
  return { level: "good", message: `it can be written; its mode is ${mode}`, facts };
}

function room(path: string): Looked {
  const { bavail, bsize } = statfsSync(dirname(path));
  const free = bavail * bsize;
  const level: Level = free < NO_ROOM ? "bad" : free < LITTLE_ROOM ? "warning" : "good";
  return {
    level,
    message: `${sizeText(free)} are free on its disk`,
    ...(level !== "good" && { remedy: "make room: nothing is stored when it is full" }),
    facts: { free },
  };
}

function mayWrite(place: string): boolean {
  try {
    accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function sizeText(bytes: number): string {
  if (bytes < MEGABYTE) return `${Math.ceil(bytes / 1024)} KiB`;
  const megabytes = Math.round(bytes / MEGABYTE);
  return megabytes < 10_240 ? `${megabytes} MiB` : `${Math.round(megabytes / 1024)} GiB`;
}
