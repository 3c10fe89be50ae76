export { countsIn, countSql } from "./count-jobs.ts";
export {
  damagedFinding,
  examineSql,
  integrityFinding,
  readyIn,
  versionsFinding,
} from "./examine.ts";
export type { DamagedRow, DamagedRows } from "./damaged-rows.ts";
export { refuseNewerSchema } from "./migrate.ts";
export type { SqlPort, SqlRow, SqlStatement, SqlValue } from "./sql-port.ts";
export { type SignedWorker, SqliteStore, type SqliteStoreOptions } from "./sqlite-store.ts";
export type { Steps } from "./steps.ts";
export { tableNames, type TableNames } from "./table-names.ts";
export { beatSql } from "./worker-sql.ts";
