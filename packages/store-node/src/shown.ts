/** How an error message shows what came. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  const name: unknown = value.constructor?.name;
  return name === "Database"
    ? "a Database of another copy of better-sqlite3 than @turno/store-node has"
    : `an object of ${String(name)}`;
}
