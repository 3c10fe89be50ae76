import { readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { LastLine } from "./scripts/last-line.ts";

/** One project for each package, and one each for the examples, reliability and the docs. */
export default defineConfig({
  test: {
    reporters: ["default", new LastLine()],
    projects: [
      ...readdirSync(new URL("packages", import.meta.url)).map((name) =>
        project(name, `packages/${name}/test`),
      ),
      project("examples", "examples"),
      project("reliability", "reliability/test"),
      project("docs", "docs/test"),
    ],
  },
});

function project(name: string, folder: string) {
  // Tests, and the threads and processes they fork, run the sources: nothing has to be built first.
  const conditions = ["@turno/source", "node"];
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: { name, include: [`${folder}/**/*.test.ts`] },
  };
}
