import { StoreCorrupt, StoreReplaced } from "@turno/core";
import { type FileIdentity, findFile, type FoundFile, isSameFile } from "./file-identity.ts";
import { storeErrorOf } from "./store-error-of.ts";

/** The file of a database, as it was when it was opened. */
export class OpenedFile {
  readonly path: string;
  readonly identity: FileIdentity;
  #lost = false;

  constructor(path: string) {
    this.path = path;
    const { dev, ino } = this.#find() ?? { dev: 0n, ino: 0n };
    this.identity = { dev, ino };
  }

  /** Throws `StoreReplaced` from the first time on that another file was seen at the path, or none. */
  assertKept(): void {
    if (this.#lost) throw this.lose();
  }

  /** Looks whether the file at the path is still the one that was opened. */
  check(): void {
    this.assertKept();
    const found = this.#find();
    if (found === undefined || !isSameFile(found, this.identity)) throw this.lose();
    if (found.size > 0n) return;
    throw new StoreCorrupt(
      `${this.path} was emptied while it was open; stop what writes it, and restore it from a backup`,
    );
  }

  /** Another file was seen at the path: answers with the error that every call throws from now on. */
  lose(): StoreReplaced {
    this.#lost = true;
    return new StoreReplaced(
      `${this.path} is no longer the file that was opened: it was deleted, moved or replaced, and what is written ` +
        "now would be lost with it; open the store anew",
    );
  }

  #find(): FoundFile | undefined {
    try {
      return findFile(this.path);
    } catch (error) {
      throw storeErrorOf(error, this.path);
    }
  }
}
