import type { HistoryEvent } from "@turno/testkit";
import type { DiskCall } from "./disk-call.ts";

/** What processes did to their disk, from an empty folder on. */
export interface Recording {
  /** Where the database was. */
  readonly path: string;
  readonly calls: readonly DiskCall[];
  /** What the harness did to the processes meanwhile. */
  readonly done: readonly HistoryEvent[];
}
