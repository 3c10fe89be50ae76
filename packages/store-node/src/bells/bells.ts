import { randomUUID } from "node:crypto";
import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { Listening } from "./listening.ts";
import { removeFile } from "../file/remove-file.ts";
import { createSidecar, sidecarOf } from "../file/sidecar.ts";

/** Whoever commits more often rings once in this time. */
const LONGEST_RING_MS = 1;

/** `prefix`, a UUID and the kind; nothing else in the folder is called so. */
const BELL = /^(.*)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(bell|done)$/;

/** What it is rung for: that work is ready, or that jobs are finished. */
export type BellKind = "bell" | "done";

/**
 * By what the processes on one queue wake each other: each that listens watches a file of its own, and whoever has
 * news for them touches those files. A hint: a ring may be missed, and none says what has happened.
 */
export class Bells {
  readonly #path: string;
  readonly #folder: string;
  readonly #prefix: string;
  readonly #kind: BellKind;
  readonly #own = new Map<string, Listening>();
  #ringing: NodeJS.Immediate | NodeJS.Timeout | undefined;
  #rangAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, prefix: string, kind: BellKind) {
    this.#path = path;
    this.#folder = sidecarOf(path);
    this.#prefix = prefix;
    this.#kind = kind;
  }

  /** Wakes the others soon, once for however many calls. */
  ring(): void {
    if (this.#ringing !== undefined) return;
    const waited = performance.now() - this.#rangAt;
    this.#ringing =
      waited < LONGEST_RING_MS
        ? setTimeout(() => this.flush(), LONGEST_RING_MS)
        : setImmediate(() => this.flush());
  }

  /** Rings now if anybody is still to be woken. */
  flush(): void {
    if (this.#ringing === undefined) return;
    this.#ringing = undefined;
    this.#rangAt = performance.now();
    const now = new Date();
    for (const name of this.#others()) {
      try {
        utimesSync(join(this.#folder, name), now, now);
      } catch {
        // It has just stopped listening.
      }
    }
  }

  /** Calls `listener` soon after another store on this queue has rung. */
  watch(listener: () => void): Disposable {
    // Who listens hangs up a new bell at once; who was killed does not.
    for (const name of this.#others()) removeFile(join(this.#folder, name));
    const name = `${this.#prefix}${randomUUID()}.${this.#kind}`;
    const prepare = () => createSidecar(this.#path);
    const file = join(this.#folder, name);
    this.#own.set(name, new Listening({ file, prepare, listener }));
    return { [Symbol.dispose]: () => this.#stop(name) };
  }

  close(): void {
    this.flush();
    for (const name of this.#own.keys()) this.#stop(name);
  }

  #stop(name: string): void {
    this.#own.get(name)?.stop();
    this.#own.delete(name);
  }

  #others(): string[] {
    return namesIn(this.#folder).filter((name) => {
      const [, prefix, , kind] = BELL.exec(name) ?? [];
      return prefix === this.#prefix && kind === this.#kind && !this.#own.has(name);
    });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It comes with the first worker.
    return [];
  }
}
