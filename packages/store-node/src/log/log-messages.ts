import type { KeptFiles, Missing } from "../file/kept-files.ts";

/** What the log's thread is started with. */
export interface LogData extends KeptFiles {
  readonly driverPath: string;
}

/** Whether it got on, the log's size tells; `Missing`: there is nothing any more that it could work on. */
export type LogNews = "tried" | Missing;
