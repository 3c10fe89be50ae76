import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { InWorkerd } from "../../../../scripts/in-workerd.ts";
import { buildPackage } from "../../build/build-package.ts";

/** The worker of that name in workerd, with this package as it is shipped, and its wasm as a module. */
export async function withBuilt(name: string, object: string): Promise<InWorkerd> {
  // Where what it imports is found as by a user's.
  const around = fileURLToPath(new URL("../../node_modules/", import.meta.url));
  const folder = mkdtempSync(join(around, ".built-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  await buildPackage(folder);
  return new InWorkerd({
    entry: new URL(`worker/${name}.ts`, import.meta.url),
    objects: [object],
    files: { "sqljs.wasm": join(folder, "sqljs.wasm") },
    alias: { "@turno/store-wasm": join(folder, "index.js") },
  });
}
