import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { bundleWorker } from "../build/bundle-worker.ts";

/**
 * Serves the program of a tab's worker in one file, /tab-worker.js, as it is shipped: a test opens many tabs, and each
 * would load some fifty sources.
 */
export function serveTabWorker(): Plugin {
  let program: Promise<string> | undefined;
  return {
    name: "turno:tab-worker",
    configureServer({ middlewares }) {
      middlewares.use("/tab-worker.js", (_request, response, next) => {
        program ??= bundled();
        program.then((code) => {
          response.setHeader("Content-Type", "text/javascript");
          response.end(code);
        }, next);
      });
    },
  };
}

async function bundled(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "turno-"));
  try {
    return await bundleWorker(
      fileURLToPath(new URL("../src/tab-worker.ts", import.meta.url)),
      folder,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
