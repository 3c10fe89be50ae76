import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium as playwright } from "playwright";
import { afterAll, beforeAll, type TestContext, vi } from "vitest";
import { chromium, CHROMIUM_FLAGS } from "../../../../scripts/chromium.ts";
import { aProject } from "./a-project.ts";
import { writePages } from "./pages.ts";

/** What the tests of a file share. */
export interface Shared {
  /** The folder of a project that has installed the packages. */
  readonly project: string;
  /** Chromium; a test that asks for it is skipped where there is none. */
  browserFor(context: TestContext): Browser;
}

/** Prepares a project with the published packages, and Chromium, for the tests of the file that calls this. */
export function inChromium(): Shared {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });
  const folder = mkdtempSync(join(tmpdir(), "turno-loading-"));
  let project = "";
  let browser: Browser | undefined;
  let missing: string | undefined;
  beforeAll(async () => {
    const found = await chromium();
    missing = found.missing;
    if (found.path !== undefined) {
      browser = await playwright.launch({
        executablePath: found.path,
        args: [...CHROMIUM_FLAGS],
      });
    }
    project = await aProject(folder);
    writePages(project);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get project() {
      return project;
    },
    browserFor: ({ skip }) => browser ?? skip(missing),
  };
}
