import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";
import { bundleMain } from "./bundle-main.ts";
import { bundleWorker } from "./bundle-worker.ts";

/** Writes the code of this package into `folder`, as it is published: with sql.js, and with what is loaded beside it. */
export async function buildPackage(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const wasm = readFileSync(sqlJs("dist/sql-wasm-browser.wasm"));
  writeFileSync(join(folder, "sqljs.wasm"), wasm);
  writeFileSync(join(folder, "sqljs-license.txt"), readFileSync(sqlJs("LICENSE")));
  const worker = await bundleWorker(source("tab-worker.ts"), folder);
  await bundleMain(source("index.ts"), folder, { worker, wasm: packed(wasm) });
}

function source(name: string): string {
  return fileURLToPath(new URL(`../src/${name}`, import.meta.url));
}

function sqlJs(name: string): string {
  const glue = createRequire(import.meta.url).resolve("sql.js/dist/sql-wasm-browser.js");
  return join(dirname(glue), "..", name);
}

/** As `unpack` takes it. */
function packed(bytes: Uint8Array): string {
  return gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }).toString("base64");
}
