import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { CrashState } from "./disk.ts";

/** Writes what a power cut has left of the folder `from` into the folder `to`. */
export function layOut(state: CrashState, from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const [path, content] of state) {
    const place = relative(from, path);
    // The histories are beside it, and witnesses.
    if (place.startsWith("..")) continue;
    const file = join(to, place);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
