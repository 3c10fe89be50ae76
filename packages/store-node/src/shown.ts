import { shown as shownAnywhere } from "@turno/core";

/** How an error message shows what came instead of a database. */
export function shown(value: unknown): string {
  const text = shownAnywhere(value);
  return text === "an instance of Database"
    ? "a Database of another copy of better-sqlite3 than @turno/store-node has"
    : text;
}
