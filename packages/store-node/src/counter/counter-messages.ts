import type { SqlRow } from "@turno/store-sqlite";
import type { KeptFiles, Missing } from "../file/kept-files.ts";

/** What the counter's thread is started with. */
export interface CounterData extends KeptFiles {
  readonly driverPath: string;
  /** The statement that counts. */
  readonly sql: string;
}

/** What the thread answers when it has counted. */
export type CounterNews =
  | { readonly kind: "counted"; readonly row: SqlRow | undefined }
  /** The file at the path, or its log, is no longer the one that was opened. */
  | { readonly kind: Missing }
  /** Whatever is in the way may not be in that of the store's own connection, which also finds better words for it. */
  | { readonly kind: "failed" };
