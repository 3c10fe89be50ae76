import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { moduleOf } from "./module-of.ts";
import { type Page, ROOT } from "./page.ts";

const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

const POSTGRES = "../../packages/store-postgres/node_modules";

/** As in the repository, but that packages are found from where no package.json names them. */
const CONFIG = {
  extends: "../../tsconfig.check.json",
  compilerOptions: {
    paths: {
      "cloudflare:workers": ["../../docs/test/platform/cloudflare-workers.ts"],
      "@turno/store-wasm/sqljs.wasm": ["../../docs/test/platform/wasm.ts"],
      "@turno/core/move": ["../../packages/core/src/move/index.ts"],
      "@turno/*": ["../../packages/*/src/index.ts"],
      zod: ["../../packages/core/node_modules/zod/index.d.ts"],
      "better-sqlite3": ["../../packages/store-node/node_modules/@types/better-sqlite3/index.d.ts"],
      pg: [`${POSTGRES}/@types/pg/index.d.mts`],
      "@electric-sql/pglite": [`${POSTGRES}/@electric-sql/pglite/dist/index.d.ts`],
      "drizzle-orm": [`${POSTGRES}/drizzle-orm/index.d.ts`],
      "drizzle-orm/*": [`${POSTGRES}/drizzle-orm/*/index.d.ts`],
      kysely: [`${POSTGRES}/kysely/dist/index.d.ts`],
    },
  },
  include: ["*.ts"],
};

/** What TypeScript says against the code on each of the pages: `12: error TS2304: …` for what is on line 12. */
export function typeErrors(pages: readonly Page[]): ReadonlyMap<string, readonly string[]> {
  const cache = join(ROOT, ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "docs-"));
  try {
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(CONFIG));
    for (const [index, { text }] of pages.entries())
      writeFileSync(join(folder, `${index}.ts`), moduleOf(text));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [TSC, "--pretty", "false", "-p", "."],
      { cwd: folder, encoding: "utf8" },
    );
    // Errors in the sources are others' to find; but where nothing was checked at all, nothing was found right.
    if (status !== 0 && !/^\S+\.ts\(/m.test(stdout))
      throw new Error(`tsc ended with ${status}: ${stdout}${stderr}`);
    return new Map(pages.map(({ path }, index) => [path, errorsIn(`${index}.ts`, stdout)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The first line of each message; those that follow it are indented. */
function errorsIn(file: string, output: string): readonly string[] {
  return output.split("\n").flatMap((line) => {
    const [, name, at, message] = /^(\S+)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
    return name === file ? [`${at}: ${message}`] : [];
  });
}
