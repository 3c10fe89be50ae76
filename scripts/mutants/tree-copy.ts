import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join, sep } from "node:path";
import type { Mutant } from "./mutant.ts";

const LEFT_OUT = new Set([".git", ".pack", ".cache", "dist"]);

/** A copy of the working tree in which one fault at a time can be planted; its packages import each other's copies. */
export class TreeCopy {
  readonly folder: string;

  /** Makes the copy of the tree at `root` in `folder`, which is new. */
  constructor(root: string, folder: string) {
    this.folder = folder;
    const modules = join(root, "node_modules");
    cpSync(root, folder, {
      recursive: true,
      // The links by which packages find each other are relative: copied as they are, they lead to the copies.
      verbatimSymlinks: true,
      filter: (path) => path !== modules && !LEFT_OUT.has(basename(path)),
    });
    linkEach(modules, join(folder, "node_modules"));
    assertOwnPackages(folder);
  }

  /** Plants the fault; what it answers with takes it out again. Throws where it does not fit into the file. */
  plant({ file, find, replace }: Mutant): () => void {
    const path = join(this.folder, "packages", file);
    const source = readFileSync(path, "utf8");
    writeFileSync(path, mutated(source, { find, replace }));
    return () => writeFileSync(path, source);
  }
}

/** The source with the fault in it; throws where it is not one line that is there exactly once. */
function mutated(source: string, { find, replace }: Pick<Mutant, "find" | "replace">): string {
  if (`${find}${replace}`.includes("\n")) throw new Error("it is more than one line");
  if (find === replace) throw new Error("it changes nothing");
  const [before = "", after, ...more] = source.split(find);
  if (after === undefined) throw new Error(`the file has no ${JSON.stringify(find)} any more`);
  if (more.length > 0)
    throw new Error(`the file has ${more.length + 1} times ${JSON.stringify(find)}`);
  return `${before}${replace}${after}`;
}

/** A directory of its own, in which Vite may put its cache, with the packages of the original. */
function linkEach(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) symlinkSync(join(from, name), join(to, name), "junction");
}

/** A test that imports another package's original would find no fault in the copy. */
function assertOwnPackages(folder: string): void {
  for (const name of readdirSync(join(folder, "packages"))) {
    const scope = join(folder, "packages", name, "node_modules/@turno");
    for (const dependency of name === "core" ? [] : readdirSync(scope)) {
      const real = realpathSync(join(scope, dependency));
      if (!real.startsWith(join(folder, "packages") + sep))
        throw new Error(`in the copy, ${name} imports ${real}, which is not the copy's`);
    }
  }
}
