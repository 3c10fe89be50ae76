import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { buildPackage } from "../../build/build-package.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Makes a project in `folder` that has installed what is published: nothing of it is linked to the sources. */
export async function aProject(folder: string): Promise<string> {
  const project = join(folder, "project");
  compile(join(folder, "build"), ["core", "store-sqlite"], (name, dist) => {
    cpSync(dist, join(installed(project, name), "dist"), { recursive: true });
  });
  await bundle(project, ["core", "store-sqlite"]);
  await buildPackage(join(installed(project, "store-wasm"), "dist"));
  write(project, "package.json", JSON.stringify({ type: "module", private: true }));
  return project;
}

/** Packages of one file each, for pages that need not load them as they are. */
async function bundle(project: string, names: readonly string[]): Promise<void> {
  const path = (name: string) => join(installed(project, name), "dist/index.js");
  const bundle = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, path(name)])),
  });
  await bundle.write({ dir: join(project, "bundled") });
  await bundle.close();
}

/** Writes a file of the project, and gives its path. */
export function write(project: string, name: string, text: string): string {
  const path = join(project, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Compiles copies: in the work tree, `dist` is for whoever wants it there. */
function compile(
  folder: string,
  names: readonly string[],
  use: (name: string, dist: string) => void,
): void {
  for (const name of names) {
    const to = join(folder, "packages", name);
    cpSync(join(root, "packages", name, "src"), join(to, "src"), { recursive: true });
    for (const file of ["package.json", "tsconfig.json"]) {
      cpSync(join(root, "packages", name, file), join(to, file));
    }
    mkdirSync(join(to, "node_modules/@turno"), { recursive: true });
    symlinkSync(join(folder, "packages/core"), join(to, "node_modules/@turno/core"));
  }
  cpSync(join(root, "tsconfig.base.json"), join(folder, "tsconfig.base.json"));
  symlinkSync(
    join(root, "packages/core/node_modules/@standard-schema"),
    join(folder, "packages/core/node_modules/@standard-schema"),
  );
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const packages = names.map((name) => join(folder, "packages", name));
  execFileSync(process.execPath, [tsc, "-b", ...packages], { stdio: ["ignore", 2, 2] });
  for (const name of names) use(name, join(folder, "packages", name, "dist"));
}

/** The folder of an installed package, with its package.json as it is published. */
function installed(project: string, name: string): string {
  const folder = join(project, "node_modules/@turno", name);
  const { publishConfig, ...json } = JSON.parse(
    readFileSync(join(root, "packages", name, "package.json"), "utf8"),
  );
  write(folder, "package.json", JSON.stringify({ ...json, ...publishConfig }));
  return folder;
}
