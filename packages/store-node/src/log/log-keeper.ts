import { LogHeld } from "@turno/core";
import { type DriverDatabase, driverPath } from "../driver.ts";
import type { LogData, LogNews } from "./log-messages.ts";
import { LOG_LIMIT_BYTES, logSizeOf } from "./log-size.ts";
import type { OpenedFile } from "../file/opened-file.ts";
import { OWN_CHECKPOINTS, setOwnCheckpoints } from "./own-checkpoints.ts";
import { SideThread } from "../side-thread.ts";

interface LogKeeperOptions {
  readonly file: OpenedFile;
  /** The store's own connection; undefined where it is somebody else's. */
  readonly database: DriverDatabase | undefined;
  /** Told once for each time that somebody keeps the log from being cut back. */
  readonly onHeld: (error: LogHeld) => void;
}

/** Between two looks at the log, and between two tries to cut it back. */
const EVERY_MS = 1_000;

/** What only comes in between for a moment, like a long reading, is nothing to tell of. */
const HELD_MS = 3_000;

const MIB = 1024 * 1024;

/**
 * Cuts the write-ahead log back when it is too long, in a thread, and tells when a transaction that somebody keeps open
 * does not let it. SQLite alone would do it at a commit, however long that takes.
 */
export class LogKeeper {
  readonly #options: LogKeeperOptions;
  readonly #thread: SideThread<LogNews>;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isAtIt = false;
  #closed = false;

  constructor(options: LogKeeperOptions) {
    this.#options = options;
    this.#thread = new SideThread({
      program: "log/log-thread",
      name: "turno-log",
      data: () => this.#data(),
    });
  }

  /** Looks at the log's size, once a second at most: for whoever has written, or looks after workers. */
  look(): void {
    const now = performance.now();
    if (now - this.#lookedAt < EVERY_MS || this.#isAtIt || this.#closed) return;
    this.#lookedAt = now;
    // What is in the log of a damaged file may be all that is left of it.
    if (this.#options.file.isSpoilt) return;
    if (this.#isTooLong() && !this.#thread.isMissing) void this.#cutBack();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread.close();
  }

  async #cutBack(): Promise<void> {
    const { file, database } = this.#options;
    const since = new Date();
    const startedAt = performance.now();
    let isTold = false;
    this.#isAtIt = true;
    setOwnCheckpoints(database, 0);
    while (!this.#closed) {
      const news = await this.#thread.ask();
      if (news !== undefined && news !== "tried") file.lose(news);
      if (news !== "tried" || !this.#isTooLong()) break;
      if (!isTold && performance.now() - startedAt >= HELD_MS) {
        isTold = true;
        this.#options.onHeld(this.#held(since));
      }
      await new Promise((resolve) => void setTimeout(resolve, EVERY_MS).unref());
    }
    if (!this.#closed) setOwnCheckpoints(database, OWN_CHECKPOINTS);
    this.#isAtIt = false;
  }

  #isTooLong(): boolean {
    return logSizeOf(this.#options.file.path) > LOG_LIMIT_BYTES;
  }

  #held(since: Date): LogHeld {
    const { path } = this.#options.file;
    const size = Math.round(logSizeOf(path) / MIB);
    return new LogHeld(
      `${path}-wal has grown to ${size} MiB and cannot be cut back, because somebody has kept a transaction open since ` +
        `${since.toISOString()} or earlier; end it, or its process (\`lsof ${path}\` names those that have the file open)`,
    );
  }

  #data(): LogData {
    return { ...this.#options.file.kept, driverPath: driverPath() };
  }
}
