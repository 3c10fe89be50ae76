import { StoreCorrupt, StoreReplaced } from "@turno/core";
import { type FileIdentity, findFile, sizeOfSame } from "./file-identity.ts";
import { storeErrorOf } from "./store-error-of.ts";

/** The file of a database, as it was when it was opened. */
export class OpenedFile {
  readonly path: string;
  readonly identity: FileIdentity;
  #lost = false;

  constructor(path: string) {
    this.path = path;
    const { dev, ino } = this.#read(() => findFile(path)) ?? { dev: 0n, ino: 0n };
    this.identity = { dev, ino };
  }

  /** Throws `StoreReplaced` from the first time on that another file was seen at the path, or none. */
  assertKept(): void {
    if (this.#lost) throw this.lose();
  }

  /** Looks whether the file at the path is still the one that was opened. */
  check(): void {
    this.assertKept();
    const size = this.#read(() => sizeOfSame(this.path, this.identity));
    if (size === undefined) throw this.lose();
    if (size > 0) return;
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

  #read<T>(look: () => T): T {
    try {
      return look();
    } catch (error) {
      throw storeErrorOf(error, this.path);
    }
  }
}
