import type { DriverDatabase } from "../driver.ts";

/** The absolute path of a connection's database; undefined where it is in memory, or temporary. */
export function pathOf(database: DriverDatabase): string | undefined {
  // As a statement of its own, which does not read the file: it may be damaged.
  const databases = database.prepare("PRAGMA database_list").all();
  const main = databases.find(({ name }) => name === "main");
  return String(main?.["file"] ?? "") || undefined;
}
