/** The codes by which SQLite says that somebody else is reading or writing. */
export const BUSY_CODES = /^SQLITE_(BUSY|LOCKED|PROTOCOL)/;

/** Whether SQLite only says that somebody else is reading or writing. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && BUSY_CODES.test(String(error.code));
}
