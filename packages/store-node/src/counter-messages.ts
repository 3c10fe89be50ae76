import type { SqlRow } from "@turno/store-sqlite";
import type { FileIdentity } from "./file-identity.ts";

/** What the counter's thread is started with. */
export interface CounterData {
  readonly driverPath: string;
  readonly path: string;
  readonly identity: FileIdentity;
  /** The statement that counts. */
  readonly sql: string;
}

/** What the thread answers when it has counted. */
export type CounterNews =
  | { readonly kind: "counted"; readonly row: SqlRow | undefined }
  /** The file at the path is no longer the one that was opened. */
  | { readonly kind: "replaced" }
  /** Whatever is in the way may not be in that of the store's own connection, which also finds better words for it. */
  | { readonly kind: "failed" };
