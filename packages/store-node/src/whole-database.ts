import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { SqlRow } from "@turno/store-sqlite";
import { driverPath } from "./driver.ts";

/** What the thread is started with: it reads one database once. */
export interface ReadingData<Name extends string = string> {
  readonly driverPath: string;
  readonly path: string;
  readonly sql: Readonly<Record<Name, string>>;
}

export type Rows<Name extends string> = Readonly<Record<Name, readonly SqlRow[]>>;

/**
 * The rows of statements that read the whole database, from a thread and a connection of their own; undefined where
 * there is no such thread, as in a bundle, or where it could not read. Keeps the process alive until then.
 */
export async function readInThread<Name extends string>(
  path: string,
  sql: Readonly<Record<Name, string>>,
): Promise<Rows<Name> | undefined> {
  // Beside this file, in the sources as in the package.
  const program = new URL(
    `./whole-database-thread${extname(import.meta.filename)}`,
    import.meta.url,
  );
  const workerData: ReadingData<Name> = { driverPath: driverPath(), path, sql };
  return new Promise((resolve) => {
    // Without the process's own flags: what they load would be loaded here again.
    const thread = new Worker(program, { workerData, execArgv: [], name: "turno-doctor" });
    let rows: Rows<Name> | undefined;
    thread.on("message", (read: Rows<Name>) => (rows = read));
    // It ends then; without a listener the process would.
    thread.on("error", () => {});
    thread.on("exit", () => resolve(rows));
  });
}
