// Stands in for the tests in `browser/` where there is no Chromium: each of their files is told as skipped.
import { readdirSync } from "node:fs";
import { inject, it } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Why there is no Chromium, and how to get one. */
    readonly missing: string;
  }
}

const files = readdirSync(new URL("browser", import.meta.url), {
  encoding: "utf8",
  recursive: true,
});

for (const file of files.filter((name) => name.endsWith(".test.ts")).sort()) {
  it(`${file} in Chromium`, ({ skip }) => skip(inject("missing")));
}
