/** Signs are below this: half of an advisory lock's key. */
export const SIGN_LIMIT = 2 ** 31;

/** Takes the lock that says that the store with this sign is there; a row `held`. It is freed with its connection. */
export function lockText(schema: string, sign: number): string {
  return `SELECT pg_try_advisory_lock(${classOf(schema)}, ${sign}) AS held`;
}

/** Which of the server's processes answers; a row `pid`. */
export const PROCESS_SQL = "SELECT pg_backend_pid() AS pid";

/** Whether somebody holds the lock of the sign that the expression gives. */
export function isHeldSql(schema: string, sign: string): string {
  return `EXISTS (
    SELECT FROM pg_catalog.pg_locks AS lock
    WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 2
      AND lock.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
      AND lock.classid = (${classOf(schema)} & 2147483647)::oid AND lock.objid = (${sign})::oid
  )`;
}

/** The stores of a schema have locks of their own. */
function classOf(schema: string): string {
  return `(hashtext('turno ${schema}') & 2147483647)`;
}
