import { createHash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { Inventory } from "./inventory.ts";
import type { Options } from "./options.ts";
import { UserError } from "./user-error.ts";

type Say = (words: string) => void;

/**
 * Opens the inventory of a directory that is not finished yet, or else begins another one. Each is a file of its own,
 * numbered 1, 2, …, so that nothing is ever cleared which another process may still use.
 */
export async function latestInventory({ data, directory }: Options, say: Say): Promise<Inventory> {
  refuseOwnData(data, directory.toString());
  const name = nameFor(directory);
  const fileOf = (number: number) => join(data, `${name}.${number}.db`);
  const latest = Math.max(1, ...numbersIn(data, name));
  const inventory = new Inventory(fileOf(latest), directory);
  if (!inventory.isReported) return inventory;
  await inventory.close();
  say("The last one was finished, so this is a new one, and every file is read again.");
  const next = new Inventory(fileOf(latest + 1), directory);
  for (const number of numbersIn(data, name)) if (number <= latest) remove(fileOf(number));
  return next;
}

/** A process that opens and closes a file of SQLite's drops SQLite's locks on it: so we never hash our own database. */
function refuseOwnData(data: string, directory: string): void {
  if (directory === data || directory.startsWith(data + sep))
    throw new UserError(`${directory}: the inventories themselves are kept here`);
}

function nameFor(directory: Buffer): string {
  const readable = basename(directory.toString()).replaceAll(/[^\w-]+/g, "_");
  const hash = createHash("sha256").update(directory).digest("hex");
  return `${readable.slice(0, 40)}-${hash.slice(0, 8)}`;
}

function numbersIn(data: string, name: string): number[] {
  return readdirSync(data)
    .filter((file) => file.startsWith(`${name}.`))
    .map((file) => Number.parseInt(file.slice(name.length + 1), 10));
}

/** Removes a database, and then what SQLite and Turno keep beside it. */
function remove(file: string): void {
  for (const beside of ["", "-wal", "-shm", "-turno"])
    rmSync(file + beside, { recursive: true, force: true });
}
