import type { FileIdentity } from "./file-identity.ts";

/** What the log's thread is started with. */
export interface LogData {
  readonly driverPath: string;
  readonly path: string;
  readonly identity: FileIdentity;
}

/** `replaced`: the file at the path is no longer the one that was opened. Whether it got on, the log's size tells. */
export type LogNews = "tried" | "replaced";
