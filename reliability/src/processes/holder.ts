// Another program that uses the same database: takes locks or a snapshot and keeps them until it is asked to stop
// (SIGTERM); its argument is HolderOptions. Whenever its event loop stands still, that is the machine's doing.
import Database from "better-sqlite3";
import { HistoryFile } from "../history/history-file.ts";
import { tellGaps } from "../history/tell-gaps.ts";
import { livesWithParent, tellReady } from "./lives-with-parent.ts";
import type { HolderOptions } from "./options.ts";

/** For how long it waits for what others have. */
const BUSY_MS = 30_000;

const { path, holds, folder, name } = JSON.parse(process.argv[2] ?? "{}") as HolderOptions;
const database = new Database(path, { timeout: BUSY_MS });
for (const sql of holds) database.exec(sql);
const alive = setInterval(() => {}, BUSY_MS);
process.once("SIGTERM", () => {
  clearInterval(alive);
  database.close();
});
tellGaps(new HistoryFile(folder, name));
livesWithParent();
tellReady();
