import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import { isAsked } from "./scripts/is-asked.ts";
import { LastLine } from "./scripts/last-line.ts";
import { SkipReasons } from "./scripts/skip-reasons.ts";

const IN_BROWSER = "store-wasm-browser";

/** What is run before the tests of a project. */
const SETUP: Readonly<Record<string, string>> = {
  examples: "scripts/servers/postgres-for-tests.ts",
  "store-postgres": "scripts/servers/postgres-for-tests.ts",
};

/** What waits for a server, or for nothing, may share a processor; what watches the clock while processes are killed may not. */
const SHARING = new Set([
  "core",
  "docs",
  "examples",
  "scripts",
  "store-durable-object",
  "store-postgres",
  "store-sqlite",
  "store-wasm",
  "testkit",
]);

/** One project for each package, one for what runs in a browser, and one each for the examples, reliability, the docs and the scripts. */
export default defineConfig(async () => ({
  test: {
    reporters: ["default", new SkipReasons(), new LastLine()],
    projects: [
      ...readdirSync(new URL("packages", import.meta.url)).map((name) =>
        project(name, `packages/${name}/test`, [`packages/${name}/test/browser/**`]),
      ),
      ...(isAsked(IN_BROWSER) ? [await inBrowser()] : []),
      project("examples", "examples"),
      project("reliability", "reliability/test"),
      project("docs", "docs/test"),
      project("scripts", "scripts/test"),
    ],
  },
}));

/** Loaded only where it is asked for: it brings Playwright, and perhaps a Chromium. */
async function inBrowser() {
  const { browserProject } = await import("./packages/store-wasm/vitest.browser.ts");
  return await browserProject(IN_BROWSER);
}

function project(name: string, folder: string, exclude: readonly string[] = []) {
  // Tests, and the threads and processes they fork, run the sources: nothing has to be built first.
  const conditions = ["@turno/source", "node"];
  return {
    // There is nothing here to extend, and each project that did would read this file anew.
    extends: false,
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: [`${folder}/**/*.test.ts`],
      exclude: [...configDefaults.exclude, ...exclude],
      globalSetup: SETUP[name] ?? [],
      sequence: { groupOrder: SHARING.has(name) ? 0 : 1 },
      ...(SHARING.has(name) && { maxWorkers: Math.max(2, availableParallelism() - 1) }),
      // What waits for a server's disk has no pace of its own.
      ...(name in SETUP && { testTimeout: 60_000, hookTimeout: 60_000 }),
    },
  };
}
