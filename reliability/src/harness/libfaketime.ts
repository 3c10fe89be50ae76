import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { installOnDebian } from "./debian-packages.ts";

/** Where distributions put libraries; in some a folder of the architecture lies between. */
const ROOTS = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];
const LIBRARY = "faketime/libfaketimeMT.so.1";

/** The path of libfaketime, which sets the wall clock of single processes; undefined where it is missing. */
export async function libfaketime(): Promise<string | undefined> {
  const found = find();
  if (found !== undefined) return found;
  await installOnDebian(["libfaketime"], "libfaketime, which sets the clocks of processes");
  return find();
}

function find(): string | undefined {
  const folders = ROOTS.filter((root) => existsSync(root)).flatMap((root) => [
    root,
    ...readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(root, name)),
  ]);
  return folders.map((folder) => join(folder, LIBRARY)).find((file) => existsSync(file));
}
