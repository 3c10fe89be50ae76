import { dirname } from "node:path";
import type { DiskCall } from "./disk-call.ts";
import { DiskFile } from "./disk-file.ts";
import type { Mercy } from "./mercy.ts";

/** What a power cut leaves: the content of each file, by its path. */
export type CrashState = ReadonlyMap<string, Buffer>;

interface NameChange {
  readonly path: string;
  /** Undefined where the name is gone. */
  readonly file: DiskFile | undefined;
}

/**
 * A disk to which recorded calls are made. A file's content is safe once the file was synced, and its name once its
 * folder was: that is all that POSIX promises, and less than what ext4 does, which never has the one without the other.
 */
export class Disk {
  readonly #files = new Map<bigint, DiskFile>();
  readonly #names = new Map<string, DiskFile>();
  #nameChanges: NameChange[] = [];

  make(call: DiskCall): void {
    switch (call.kind) {
      case "write":
      case "truncate":
        return this.#file(call.inode).change(call);
      case "sync":
        this.#syncNames(call.path);
        return this.#files.get(call.inode)?.sync();
      case "create": {
        const file = new DiskFile();
        this.#files.set(call.inode, file);
        return this.#change({ path: call.path, file });
      }
      case "unlink":
        return this.#change({ path: call.path, file: undefined });
      case "rename":
        this.#change({ path: call.to, file: this.#file(call.inode) });
        return this.#change({ path: call.path, file: undefined });
      case "make folder":
        // It comes with the files in it.
        return;
    }
  }

  /** What would be there after a power cut now. */
  afterCut(mercy: Mercy, random: () => number): CrashState {
    const names = new Map(this.#names);
    for (const change of this.#nameChanges) if (random() < mercy.kept) applyTo(names, change);
    const contents = Array.from(names, ([path, file]) => {
      return [path, file.afterCut(mercy, random)] as const;
    });
    return new Map(contents);
  }

  #change(change: NameChange): void {
    this.#nameChanges.push(change);
  }

  #syncNames(folder: string): void {
    const isIn = ({ path }: NameChange) => dirname(path) === folder;
    for (const change of this.#nameChanges) if (isIn(change)) applyTo(this.#names, change);
    this.#nameChanges = this.#nameChanges.filter((change) => !isIn(change));
  }

  #file(inode: bigint): DiskFile {
    const file = this.#files.get(inode);
    if (file === undefined) throw new Error(`inode ${inode} is changed, and was never created`);
    return file;
  }
}

function applyTo(names: Map<string, DiskFile>, { path, file }: NameChange): void {
  if (file === undefined) names.delete(path);
  else names.set(path, file);
}
