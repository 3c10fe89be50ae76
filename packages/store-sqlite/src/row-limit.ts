/** As many rows as `limit` asks for, in a form that SQLite takes from every driver: `Infinity` is none. */
export function rowLimit(limit: number): number {
  return Math.max(0, Math.min(limit, 2 ** 31 - 1));
}
