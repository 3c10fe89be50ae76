import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { installDebianPackage, isDebianRoot } from "./debian-package.ts";

export interface Wanted {
  readonly program: string;
  /** The package of Debian it comes with. */
  readonly debianPackage: string;
  /** Where to look before the folders of the PATH. */
  folders?(): readonly string[];
}

/**
 * The path of a program. On Debian root installs it first where it is missing: so a fresh machine of CI has it. Rejects
 * with how to get it where there is none.
 */
export async function findProgram(wanted: Wanted): Promise<string> {
  const found = find(wanted);
  if (found !== undefined) return found;
  const failure = isDebianRoot() ? await installDebianPackage(wanted.debianPackage) : undefined;
  const installed = find(wanted);
  if (installed !== undefined) return installed;
  throw new Error(`${wanted.program} is missing; ${failure ?? howToGetIt(wanted)}`);
}

function find({ program, folders }: Wanted): string | undefined {
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...(folders?.() ?? []), ...path].map((folder) => join(folder, program)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function howToGetIt({ program, debianPackage }: Wanted): string {
  return existsSync("/etc/debian_version")
    ? `get it by apt-get install --no-install-recommends ${debianPackage}`
    : `install it, and put the folder of ${program} on the PATH`;
}
