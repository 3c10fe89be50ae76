import type { SqlRow } from "@turno/store-sqlite";
import { driverPath } from "../driver.ts";
import type { OpenedFile } from "../file/opened-file.ts";
import type { KeptFiles } from "../file/kept-files.ts";
import { SideThread } from "../side-thread.ts";

/** What the thread is started with. */
export interface ReadingData<Name extends string = string> extends KeptFiles {
  readonly driverPath: string;
  readonly sql: Readonly<Record<Name, string>>;
  /** Those whose rows count even where an error ends them: a check says what it found, and then fails. */
  readonly partial: readonly Name[];
}

/** Without those that could not be read. */
export type Rows<Name extends string> = Readonly<Partial<Record<Name, readonly SqlRow[]>>>;

/**
 * The rows of statements that read the whole database, from a thread and a connection of their own; undefined
 * where there is no such thread, as in a bundle.
 */
export async function readInThread<Name extends string>(
  file: OpenedFile,
  { sql, partial }: Pick<ReadingData<Name>, "sql" | "partial">,
): Promise<Rows<Name> | undefined> {
  const thread = new SideThread<Rows<Name>>({
    program: "doctor/whole-database-thread",
    name: "turno-doctor",
    data: (): ReadingData<Name> => ({ ...file.kept, driverPath: driverPath(), sql, partial }),
  });
  try {
    return await thread.ask();
  } finally {
    await thread.close();
  }
}
