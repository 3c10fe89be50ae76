/** To this size SQLite cuts the write-ahead log back when nobody needs it any more. */
export const WAL_LIMIT_BYTES = 64 * 1024 * 1024;
