import type { SqlRow } from "@turno/store-sqlite";
import { driverPath } from "./driver.ts";
import type { OpenedFile } from "./opened-file.ts";
import type { KeptFiles } from "./kept-files.ts";
import { SideThread } from "./side-thread.ts";

/** What the thread is started with. */
export interface ReadingData<Name extends string = string> extends KeptFiles {
  readonly driverPath: string;
  readonly sql: Readonly<Record<Name, string>>;
}

export type Rows<Name extends string> = Readonly<Record<Name, readonly SqlRow[]>>;

/**
 * The rows of statements that read the whole database, from a thread and a connection of their own; undefined where
 * there is no such thread, as in a bundle, or where it could not read.
 */
export async function readInThread<Name extends string>(
  file: OpenedFile,
  sql: Readonly<Record<Name, string>>,
): Promise<Rows<Name> | undefined> {
  const thread = new SideThread<Rows<Name>>({
    program: "whole-database-thread",
    name: "turno-doctor",
    data: (): ReadingData<Name> => ({ ...file.kept, driverPath: driverPath(), sql }),
  });
  try {
    return await thread.ask();
  } finally {
    await thread.close();
  }
}
