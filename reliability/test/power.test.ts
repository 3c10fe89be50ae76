import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultName } from "../src/faults/fault.ts";
import { Site } from "../src/harness/site.ts";
import { cutAndRestart } from "../src/power/cut-and-restart.ts";
import type { DiskCall } from "../src/power/disk-call.ts";
import { readRecording } from "../src/power/read-recording.ts";
import { record } from "../src/power/record.ts";
import { NO_RECORDER, recordedEnv, recorder } from "../src/power/recorder.ts";
import type { Recording } from "../src/power/recording.ts";
import { randomFrom } from "../src/random-from.ts";

const site = new Site(randomFrom(1));
let library: string | undefined;

beforeAll(async () => {
  library = await recorder(site.folder);
}, 120_000);

afterAll(async () => {
  await site.close();
  site.remove();
});

it("the recorder writes down all that a process does to files of the folder, in its order", ({
  skip,
}) => {
  if (library === undefined) return skip(NO_RECORDER);
  const [folder, log] = [join(site.folder, "known"), join(site.folder, "known.log")];
  mkdirSync(folder);
  const program = new URL("experiments/writes-of-its-own.ts", import.meta.url);
  const env = { ...process.env, ...recordedEnv(library, { folder, log }) };
  execFileSync(process.execPath, [fileURLToPath(program), folder], { env });
  expect(readRecording(log).map((call) => told(call, folder))).toEqual([
    "create /file",
    "write /file at 0: one two",
    "write /file at 0: ONE",
    "sync /file",
    "truncate /file to 3",
    "sync /file",
    "truncate /file to 0",
    "make folder /inner",
    "rename /file to /inner/moved",
    "sync ",
    "unlink /inner/moved",
  ]);
});

describe("what is planted is found:", () => {
  it("what was not synced, where it had to be", { timeout: 120_000 }, async ({ skip }) => {
    const recording = await recorded("normal");
    if (recording === undefined) return skip(NO_RECORDER);
    expect(await brokenIn(recording)).toContain("nothing lost");
  });

  it("what is acknowledged before its commit", { timeout: 120_000 }, async ({ skip }) => {
    const recording = await recorded("full", "early acknowledgement");
    if (recording === undefined) return skip(NO_RECORDER);
    expect(await brokenIn(recording)).toContain("nothing lost");
  });

  it("a disk that lies when it is told to sync", { timeout: 120_000 }, async ({ skip }) => {
    const recording = await recorded("full");
    if (recording === undefined) return skip(NO_RECORDER);
    expect(await brokenIn(recording)).toEqual([]);
    expect(await brokenIn(recording, lyingAbout(/-wal$/))).toContain("nothing lost");
    expect(await brokenIn(recording, lyingAbout(/no fault$/))).toContain("nothing lost");
    expect(await brokenIn(recording, lyingAbout(/\.db$/))).toContain(
      "a queue opens after a power cut",
    );
  });
});

/** Does nothing when it is to sync such files or folders. */
function lyingAbout(paths: RegExp): (call: DiskCall) => boolean {
  return ({ kind, path }) => kind !== "sync" || !paths.test(path);
}

async function recorded(
  durability: "full" | "normal",
  fault?: FaultName,
): Promise<Recording | undefined> {
  if (library === undefined) return undefined;
  const name = `${durability} with ${fault ?? "no fault"}`;
  return record(site, { name, library, durability, fault, jobs: 60 });
}

/** The promises that 100 power cuts break, held to what `full` promises, where only such calls were made. */
async function brokenIn(
  recording: Recording,
  isMade: (call: DiskCall) => boolean = () => true,
): Promise<string[]> {
  const calls = recording.calls.filter(isMade);
  const options = { times: 100, random: randomFrom(1), isDurable: true };
  const { violations } = await cutAndRestart(site, { ...recording, calls }, options);
  return [...new Set(violations.map(({ promise }) => promise))];
}

function told(call: DiskCall, folder: string): string {
  const where = call.path.slice(folder.length);
  switch (call.kind) {
    case "write":
      return `write ${where} at ${call.offset}: ${call.data.toString("utf8")}`;
    case "truncate":
      return `truncate ${where} to ${call.size}`;
    case "rename":
      return `rename ${where} to ${call.to.slice(folder.length)}`;
    default:
      return `${call.kind} ${where}`;
  }
}
