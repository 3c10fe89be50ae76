import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import {
  type Installation,
  installCommand,
  installPackages,
  isDebian,
  isDebianRoot,
} from "./debian/install-packages.ts";

export interface Wanted extends Pick<Installation, "by" | "limitMs" | "meanwhile"> {
  /** The names it goes by; any of them will do. */
  readonly names: readonly string[];
  /** The package of Debian it comes with. */
  readonly debianPackage: string;
  /** Where to look before the folders of the PATH. */
  readonly folders?: () => readonly string[];
  /** What is told when it is installed; default: the package's name. */
  readonly what?: string;
}

/** A program's path, or why there is none and how to get it. */
export type Found =
  | { readonly path: string; readonly missing?: undefined }
  | { readonly path?: undefined; readonly missing: string };

/** A program of this machine. On Debian root installs it first where it is missing: so a fresh machine of CI has it. */
export async function findProgram(wanted: Wanted): Promise<Found> {
  const found = find(wanted);
  if (found !== undefined) return { path: found };
  const failure = isDebianRoot() ? await install(wanted) : undefined;
  const installed = find(wanted);
  if (installed !== undefined) return { path: installed };
  const { names, debianPackage } = wanted;
  const reason = `there is no ${names.join(" or ")} on the PATH`;
  const failed = `${installCommand([debianPackage])} failed: ${failure}`;
  return { missing: `${reason}; ${failure === undefined ? howToGetIt(wanted) : failed}` };
}

/** The path of a program. Rejects with how to get it where there is none. */
export async function needProgram(wanted: Wanted): Promise<string> {
  const { path, missing } = await findProgram(wanted);
  if (path === undefined) throw new Error(missing);
  return path;
}

function find({ names, folders }: Wanted): string | undefined {
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...(folders?.() ?? []), ...path]
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

async function install(wanted: Wanted): Promise<string | undefined> {
  const { debianPackage, what = `${debianPackage}, a package of Debian`, ...rest } = wanted;
  return await installPackages({ packages: [debianPackage], what, ...rest });
}

function howToGetIt({ names, debianPackage }: Wanted): string {
  return isDebian()
    ? `get it by ${installCommand([debianPackage])}`
    : `install it, and put the folder of ${names[0]} on the PATH`;
}
