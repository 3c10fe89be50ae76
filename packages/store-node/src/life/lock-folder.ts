import { randomUUID } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Driver } from "../driver.ts";
import { isLockFree } from "./lock.ts";
import { removeFile } from "../file/remove-file.ts";

/** A lock's file is there a moment before its lock is held, and that before its worker is known. */
const YOUNG_MS = 60_000;

const SIGN = /^(.*)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.lock$/;

/** The locks of one queue's workers, those of other processes included. */
export class LockFolder {
  readonly #driver: Driver;
  readonly #folder: string;
  readonly #prefix: string;

  constructor(driver: Driver, folder: string, prefix: string) {
    this.#driver = driver;
    this.#folder = folder;
    this.#prefix = prefix;
  }

  newSign(): string {
    return `${this.#prefix}${randomUUID()}.lock`;
  }

  /** Whether the process that held the lock is known to have ended. A missing file proves nothing. */
  isGone(sign: string): boolean {
    return this.#isSign(sign) && isLockFree(this.#driver, join(this.#folder, sign));
  }

  /** Deletes the files of locks that nobody holds and no worker of `signs` is known by. */
  sweep(signs: ReadonlySet<string>): void {
    for (const sign of namesIn(this.#folder)) {
      if (!this.#isSign(sign) || signs.has(sign)) continue;
      const file = join(this.#folder, sign);
      if (!isYoung(file) && isLockFree(this.#driver, file)) removeFile(file);
    }
  }

  /** Other queues of the same database have locks here too. */
  #isSign(name: string): boolean {
    return SIGN.exec(name)?.[1] === this.#prefix;
  }
}

function isYoung(file: string): boolean {
  try {
    return Date.now() - statSync(file).mtimeMs < YOUNG_MS;
  } catch {
    return true;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It comes with the first worker.
    return [];
  }
}
