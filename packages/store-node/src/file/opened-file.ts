import { StoreBusy, StoreClosed, StoreCorrupt, StoreReplaced } from "@turno/core";
import { type FileIdentity, findFile, sizeOfSame } from "./file-identity.ts";
import { indexOf, isGone, type KeptFiles, logOf, type Missing, missingOf } from "./kept-files.ts";
import { isDamage, storeErrorOf } from "../store-error-of.ts";

/** What is done with a file over the store's connections to it. */
export interface FileCare {
  /** Whether the store's own connection is open: who closes a database last deletes its log. */
  readonly isOpen: () => boolean;
  /** Writes all that the log has into the database, and empties the log; says whether that was done. */
  readonly emptyLog: () => boolean;
  /** Reads over a connection of its own, which remembers nothing; throws what is wrong with the file. */
  readonly readAfresh: (how: "a little" | "all", size: number) => void;
  /** Reads all of it where that holds nobody up; rejects with what is wrong with the file. */
  readonly readAside: () => Promise<void>;
}

/** So much is read in a moment, half a tenth of a second. */
const FEW_BYTES = 32 * 1024 * 1024;

/** At most so often a file is read afresh while it is written. */
const AFRESH_MS = 1_000;

/** At most so often it is looked for the log: at each commit it would cost 2 µs, and what is in a lost log is saved. */
const LOG_MS = 5;

const CUT_OFF = "was cut off while it was open";

/** The file of a database, as it was when it was opened. */
export class OpenedFile {
  readonly path: string;
  readonly identity: FileIdentity;
  #log: FileIdentity | undefined;
  #index: FileIdentity | undefined;
  #care: FileCare | undefined;
  #size = 0;
  #missing: Exclude<Missing, "emptied"> | undefined;
  /** Whether all that was committed before its log was missing is in the file. */
  #isSaved = false;
  #damage: StoreCorrupt | undefined;
  /** Why it could not be looked at after a commit. */
  #unseen: unknown;
  #readAt = Number.NEGATIVE_INFINITY;
  #logSeenAt = Number.NEGATIVE_INFINITY;

  constructor(path: string) {
    this.path = path;
    const { dev, ino } = this.#read(() => findFile(path)) ?? { dev: 0n, ino: 0n };
    this.identity = { dev, ino };
  }

  /** What was opened, for who looks over a connection of his own. */
  get kept(): KeptFiles {
    return { path: this.path, identity: this.identity, log: this.#log, index: this.#index };
  }

  /** The queue's tables are there: from here on its log is the same one as long as the file is open. */
  takeCare(care: FileCare): void {
    this.#care = care;
    this.#log = this.#read(() => findFile(logOf(this.path)));
    this.#index = this.#read(() => findFile(indexOf(this.path)));
    this.#size = this.#read(() => sizeOfSame(this.path, this.identity)) ?? 0;
  }

  /** Throws `StoreReplaced` from the first time on that another file was seen in its place or its log's, or none. */
  assertKept(): void {
    if (this.#missing === undefined) return;
    if (!this.#isSaved) this.saveLog();
    throw this.#lost(this.#missing);
  }

  /** Throws also where the file was found damaged, or could not be looked at after the last commit. */
  assertWritable(): void {
    this.assertKept();
    if (this.#damage !== undefined) throw this.#damage;
    if (this.#unseen === undefined) return;
    if (this.#unseen instanceof StoreReplaced) throw this.lose("log lost");
    this.#look();
    this.#unseen = undefined;
  }

  /** After a commit: throws where it cannot be acknowledged. */
  check(): void {
    try {
      this.#look();
    } catch (error) {
      if (error instanceof StoreCorrupt || error instanceof StoreReplaced) throw error;
      // It is stored, and would be stored if it was refused. The next one is refused before it begins.
      this.#unseen = error;
    }
  }

  /** Something else was seen: answers with the error that every call throws from now on. */
  lose(missing: Missing): StoreReplaced | StoreCorrupt | StoreClosed {
    if (missing === "log lost" && this.#care?.isOpen() === false)
      return new StoreClosed(`the connection to ${this.path} was closed; open the store anew`);
    if (missing === "emptied") return this.#damaged("was emptied while it was open");
    this.#missing = missing;
    this.saveLog();
    return this.#lost(missing);
  }

  /** Saves what is in a log that is gone, where that can be done. */
  saveLog(): void {
    if (this.#missing === "log lost") this.#save();
  }

  /** Whether it was found damaged. */
  get isSpoilt(): boolean {
    return this.#damage !== undefined;
  }

  /** The file was found damaged: nothing is written to it any more. */
  spoil(damage: StoreCorrupt): void {
    this.#damage ??= damage;
  }

  #look(): void {
    this.assertKept();
    const size = this.#read(() => sizeOfSame(this.path, this.identity));
    if (size === undefined) throw this.lose("replaced");
    if (size >= this.#size || this.#hasReadWhole(size)) this.#size = size;
    const now = performance.now();
    if (now - this.#logSeenAt < LOG_MS) return;
    this.#logSeenAt = now;
    const isDue = now - this.#readAt >= AFRESH_MS;
    if (this.#read(() => this.#isLogLost(isDue))) {
      this.#save();
      if (!this.#isSaved) throw this.lose("log lost");
      // What was committed into the log that is gone is in the file now, and can be acknowledged.
      this.#unseen = this.#lost("log lost");
      return;
    }
    if (!isDue) return;
    this.#readAt = now;
    this.#readAfresh("a little", size);
  }

  /** Only a VACUUM makes a file smaller, and leaves all that belongs to it. */
  #hasReadWhole(size: number): boolean {
    if (size === 0) throw this.lose("emptied");
    if (size <= FEW_BYTES) return this.#readAfresh("all", size);
    this.#care?.readAside().catch((error: unknown) => {
      if (isDamage(storeErrorOf(error, this.path))) this.#damaged(CUT_OFF, error);
    });
    return true;
  }

  /** Says whether there is nothing to look at again: somebody may have been in the way. */
  #readAfresh(how: "a little" | "all", size: number): boolean {
    try {
      this.#care?.readAfresh(how, size);
      return true;
    } catch (error) {
      const meant = storeErrorOf(error, this.path);
      // Else it is no damage, and the store's own connection goes on.
      if (meant instanceof StoreCorrupt) {
        throw this.#damaged(how === "all" ? CUT_OFF : "was damaged while it was open", error);
      }
      return !(meant instanceof StoreBusy);
    }
  }

  #damaged(what: string, cause?: unknown): StoreCorrupt {
    this.spoil(
      new StoreCorrupt(
        `${this.path} ${what}, and was left as it is; end every process that writes it, and restore it from a backup`,
        { cause },
      ),
    );
    return this.#damage as StoreCorrupt;
  }

  #isLogLost(looksAtIndex: boolean): boolean {
    if (isGone(logOf(this.path), this.#log)) return true;
    return looksAtIndex && isGone(indexOf(this.path), this.#index);
  }

  /** As long as nobody has begun another log, all that is in the one that is gone can still be saved. */
  #save(): void {
    try {
      const isOurs = (path: string, identity: FileIdentity | undefined) =>
        !isGone(path, identity) || findFile(path) === undefined;
      const areOurs =
        isOurs(logOf(this.path), this.#log) && isOurs(indexOf(this.path), this.#index);
      if (missingOf(this.kept) !== "log lost" || !areOurs) return;
      this.#isSaved = this.#care?.emptyLog() ?? false;
    } catch {
      // It is tried again with the next call.
    }
  }

  #lost(missing: "replaced" | "log lost"): StoreReplaced {
    const words = missing === "log lost" ? this.#ofLog() : this.#ofFile();
    return new StoreReplaced(words);
  }

  #ofFile(): string {
    return (
      `${this.path} is no longer the file that was opened: it was deleted, moved or replaced, and what is written ` +
      "now would be lost with it; open the store anew"
    );
  }

  #ofLog(): string {
    const done = this.#isSaved
      ? `what was in it is now in ${this.path}`
      : "what was in it may be lost unless all processes are asked to end, and none is killed";
    return (
      `${logOf(this.path)} or ${indexOf(this.path)} was deleted or replaced while it was open: ${done}; nothing is written any more; end ` +
      "every process that has the file open, and then start them anew"
    );
  }

  #read<T>(look: () => T): T {
    try {
      return look();
    } catch (error) {
      throw storeErrorOf(error, this.path);
    }
  }
}
