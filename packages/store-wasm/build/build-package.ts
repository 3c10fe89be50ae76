import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleMain } from "./bundle-main.ts";
import { bundleWorker } from "./bundle-worker.ts";
import { packWasm } from "./pack-wasm.ts";

/** Writes the code of this package into `folder`, as it is published: with sql.js, and with what is loaded beside it. */
export async function buildPackage(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  copyFileSync(sqlJs("dist/sql-wasm-browser.wasm"), join(folder, "sqljs.wasm"));
  copyFileSync(sqlJs("LICENSE"), join(folder, "sqljs-license.txt"));
  const worker = await bundleWorker(source("tab-worker.ts"), folder);
  const wasm = packWasm(join(folder, "sqljs.wasm"));
  await bundleMain(source("index.ts"), folder, { worker, wasm });
}

function source(name: string): string {
  return fileURLToPath(new URL(`../src/${name}`, import.meta.url));
}

function sqlJs(name: string): string {
  return join(
    dirname(createRequire(import.meta.url).resolve("sql.js/dist/sql-wasm-browser.js")),
    "..",
    name,
  );
}
