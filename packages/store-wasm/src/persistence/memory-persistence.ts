import type { Persistence, RowImage, Stored } from "./persistence.ts";
import { StoreTakenOver } from "./store-taken-over.ts";

/** What several `MemoryPersistence`s share, as several tabs share a disk. */
export interface MemoryDisk {
  epoch: number;
  snapshot: Uint8Array | undefined;
  log: (readonly RowImage[])[];
}

export function memoryDisk(): MemoryDisk {
  return { epoch: 0, snapshot: undefined, log: [] };
}

/** Keeps everything in an object: the shortest example of a `Persistence`, for tests. */
export class MemoryPersistence implements Persistence {
  readonly #disk: MemoryDisk;
  #epoch = 0;

  constructor(disk: MemoryDisk = memoryDisk()) {
    this.#disk = disk;
  }

  open(): Stored {
    this.#epoch = ++this.#disk.epoch;
    return this.load();
  }

  load(): Stored {
    this.confirm();
    return { snapshot: this.#disk.snapshot, log: [...this.#disk.log] };
  }

  append(group: readonly RowImage[]): void {
    this.confirm();
    this.#disk.log.push(structuredClone(group));
  }

  snapshot(image: Uint8Array): void {
    this.confirm();
    this.#disk.snapshot = image.slice();
    this.#disk.log = [];
  }

  confirm(): void {
    if (this.#disk.epoch !== this.#epoch)
      throw new StoreTakenOver(
        "another store has opened the same memory; open the store anew to go on",
      );
  }

  close(): void {}
}
