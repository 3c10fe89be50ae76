import { sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { styleText } from "node:util";
import { TurnoError } from "@turno/core";
import { count } from "./amounts.ts";
import { enqueueFiles } from "./enqueue-files.ts";
import { abortOnSignals, Interrupted } from "./interruption.ts";
import type { Inventory, State } from "./inventory.ts";
import { latestInventory } from "./latest-inventory.ts";
import { type Options, readOptions } from "./options.ts";
import { Progress } from "./progress.ts";
import { report } from "./report.ts";
import { runWorkers } from "./run-workers.ts";
import { shownPath } from "./stored-path.ts";
import { UserError } from "./user-error.ts";

const WORKERS = 2;
const LOOK_EVERY_MS = 100;

const progress = new Progress(process.stderr);
const work = new AbortController();
abortOnSignals(work);
process.once("exit", () => progress.clear());

try {
  process.exitCode = await main(readOptions(process.argv.slice(2)));
} catch (error) {
  progress.clear();
  const isExpected = error instanceof UserError || error instanceof TurnoError;
  console.error(isExpected ? `inventory: ${error.message}` : error);
  process.exitCode = 1;
}

async function main(options: Options): Promise<number> {
  greet(options);
  const inventory = await latestInventory(options, progress.say);
  const before = await inventory.state();
  if (before.found > 0) progress.say(`Going on where it was: ${doneOf(before)}.`);
  const startedAt = performance.now();
  await readAllFiles(inventory, options);
  const ms = performance.now() - startedAt;
  const after = await inventory.state();
  progress.clear();
  const { reason } = work.signal;
  if (reason instanceof Interrupted) {
    progress.say(`Stopped: ${doneOf(after)}. To go on: ${options.command}`);
  } else {
    const run = { files: after.done - before.done, bytes: after.bytes - before.bytes, ms };
    process.stdout.write(await report(inventory, run));
    inventory.setReported();
  }
  await inventory.close();
  return reason instanceof Interrupted ? reason.exitCode : 0;
}

function greet({ directory, data, limit, command }: Options): void {
  const path = shownPath(directory);
  const first = limit === Infinity ? "" : `, the first ${count(limit)} files`;
  progress.say(styleText("bold", `Inventory of ${path}${first}`, { stream: process.stderr }));
  if (command === "npm start") progress.say("All of another directory: npm start -- DIR");
  if (data.startsWith(path + sep)) progress.say(`Left out, for the database itself: ${data}`);
  progress.say("Ctrl-C it, or kill -9 any of it: started again, it goes on where it was.");
}

/** Finds the files and reads them, at the same time, until all is done or somebody interrupts. */
async function readAllFiles(inventory: Inventory, options: Options): Promise<void> {
  const { signal } = work;
  const parts = [
    enqueueFiles(inventory, options, signal),
    runWorkers({ count: WORKERS, file: inventory.file, say: progress.say }, signal),
    showProgress(inventory, signal),
  ];
  try {
    await Promise.all(parts);
  } finally {
    work.abort();
    await Promise.allSettled(parts);
  }
}

async function showProgress(inventory: Inventory, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const lookedAt = performance.now();
    const state = await inventory.state();
    progress.show(state);
    if (state.isWalked && state.left === 0) return work.abort();
    // Looking takes longer the more jobs there are, and should leave them most of the time.
    const pauseMs = Math.min(1_000, LOOK_EVERY_MS + 10 * (performance.now() - lookedAt));
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
  progress.clear("Stopping …");
}

function doneOf({ isWalked, found, done, unreadable }: State): string {
  const failed = unreadable === 0 ? "" : ` (${count(unreadable)} could not be read)`;
  return `${count(done)} of ${count(found)} files${isWalked ? "" : " found so far"} are done${failed}`;
}
