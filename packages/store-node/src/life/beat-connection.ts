import type { Driver, DriverDatabase } from "../driver.ts";
import type { BeatNews, HeartData } from "./heart-messages.ts";
import { missingOf } from "../file/kept-files.ts";
import { LOG_LIMIT_BYTES, logSizeOf } from "../log/log-size.ts";
import { OWN_CHECKPOINTS, setOwnCheckpoints } from "../log/own-checkpoints.ts";

/** For how long a beat waits for somebody else's transaction before the thread turns to its other work. */
const BUSY_TIMEOUT_MS = 100;

/** The connection over which the heart's thread beats, opened with the first beat. Throws what the driver throws. */
export class BeatConnection {
  readonly #driver: Driver;
  readonly #data: HeartData;
  #database: DriverDatabase | undefined;
  #beat: ((worker: number) => BeatNews) | undefined;
  #ownCheckpoints = OWN_CHECKPOINTS;

  constructor(driver: Driver, data: HeartData) {
    this.#driver = driver;
    this.#data = data;
  }

  beat(worker: number): BeatNews {
    const missing = missingOf(this.#data);
    if (missing !== undefined) return { kind: missing };
    this.#database ??= this.#open();
    this.#beat ??= this.#prepareBeat(this.#database);
    this.#leaveLongLog(this.#database);
    return this.#beat(worker);
  }

  close(): void {
    this.#database?.close();
  }

  /** To copy a log that has grown long takes longer than a beat may; it is left to the log's own thread. */
  #leaveLongLog(database: DriverDatabase): void {
    const pages = logSizeOf(this.#data.path) > LOG_LIMIT_BYTES ? 0 : OWN_CHECKPOINTS;
    if (pages === this.#ownCheckpoints) return;
    setOwnCheckpoints(database, pages);
    this.#ownCheckpoints = pages;
  }

  #open(): DriverDatabase {
    const options = { timeout: BUSY_TIMEOUT_MS, fileMustExist: true };
    const database = new this.#driver(this.#data.path, options);
    // A beat that a power cut undoes is no loss: its worker ends with it.
    database.pragma("synchronous = NORMAL");
    // A beat may be what cuts the log back, which must lose nobody else's writes.
    database.pragma("checkpoint_fullfsync = ON");
    return database;
  }

  #prepareBeat(database: DriverDatabase): (worker: number) => BeatNews {
    const { sql, schema } = this.#data;
    const update = database.prepare(sql.beat);
    const version = database.prepare(sql.schema);
    const holds = database.prepare(sql.holds);
    const beat = (worker: number): BeatNews => {
      const found = Number(version.get()?.["value"]);
      if (found !== schema) return { kind: "newer", schema: found };
      const known = update.run(worker).changes === 1;
      const held = known ? holds.all(worker) : [];
      const jobs = held.map(({ seq, revision }) => ({
        seq: Number(seq),
        revision: Number(revision),
      }));
      return { kind: "reply", reply: { known, holds: jobs } };
    };
    return database.transaction(beat).immediate;
  }
}
