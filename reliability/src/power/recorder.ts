import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installOnDebian } from "../harness/debian-packages.ts";

const SOURCE = fileURLToPath(new URL("recorder.c", import.meta.url));
const FLAGS = ["-std=gnu11", "-O2", "-Wall", "-shared", "-fPIC"];

/** Why nothing is recorded where `recorder` gives nothing. */
export const NO_RECORDER =
  "the recorder of writes needs Linux, glibc and a C compiler (apt-get install gcc libc6-dev)";

/** Compiles the library that records what a process does to its disk; undefined where that cannot be done. */
export async function recorder(folder: string): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined;
  const library = join(folder, "recorder.so");
  if (await compile(library)) return library;
  await installOnDebian(["gcc", "libc6-dev"], "gcc, to record what processes write");
  return (await compile(library)) ? library : undefined;
}

/** What a process has to be started with, so that it is recorded. */
export function recordedEnv(
  library: string,
  { folder, log }: { readonly folder: string; readonly log: string },
): NodeJS.ProcessEnv {
  return { LD_PRELOAD: library, TURNO_POWER_FOLDER: folder, TURNO_POWER_LOG: log };
}

async function compile(library: string): Promise<boolean> {
  try {
    await promisify(execFile)("cc", [...FLAGS, "-o", library, SOURCE, "-ldl", "-lpthread"]);
    return true;
  } catch (error) {
    // No compiler, or no headers of the C library, or those of another one.
    if (/ENOENT|No such file or directory|needs glibc/.test(String(error))) return false;
    throw error;
  }
}
