import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import type { TestProjectInlineConfiguration } from "vitest/config";
import { chromium, CHROMIUM_FLAGS } from "../../scripts/chromium.ts";
import { serveTabWorker } from "./test/serve-tab-worker.ts";
// It declares what it is provided with.
import type {} from "./test/without-chromium.ts";

/** The project of the tests that run in Chromium; where there is none, each of their files is reported as skipped. */
export async function browserProject(name: string): Promise<TestProjectInlineConfiguration> {
  const { path, missing } = await chromium();
  return path === undefined ? skipped(name, missing) : inChromium(name, path);
}

// A root of its own: from the repository's root, Vite would not find what only this package depends on.
const root = fileURLToPath(new URL(".", import.meta.url));

function inChromium(name: string, executablePath: string): TestProjectInlineConfiguration {
  return {
    extends: false,
    root,
    resolve: { conditions: ["@turno/source", "browser"] },
    plugins: [serveTabWorker()],
    // Found only while the tests run, they would make Vite reload the page under them.
    optimizeDeps: { include: ["@turno/testkit > fast-check"] },
    test: {
      name,
      root,
      include: ["test/browser/**/*.test.ts"],
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args: [...CHROMIUM_FLAGS] } }),
        instances: [{ browser: "chromium", name }],
      },
    },
  };
}

function skipped(name: string, missing: string): TestProjectInlineConfiguration {
  const include = ["test/without-chromium.ts"];
  return { extends: false, root, test: { name, root, include, provide: { missing } } };
}
