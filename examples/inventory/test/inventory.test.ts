import {
  appendFileSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { enqueueFiles } from "../src/enqueue-files.ts";
import { hashFile } from "../src/hash-file.ts";
import type { Inventory } from "../src/inventory.ts";
import { latestInventory } from "../src/latest-inventory.ts";
import { fromStored } from "../src/stored-path.ts";
import { joined } from "../src/walk.ts";
import { databaseIn, inventoryIn, numberIn, sha256sums } from "./found.ts";
import { fillOddly, makeNamedPipe, temporaryDirectory } from "./odd-directory.ts";
import { Program } from "./program.ts";

const FILES = "SELECT count(*) FROM files";
const JOBS = "SELECT count(*) FROM turno_jobs";
const FAILED = "SELECT count(*) FROM turno_jobs WHERE failures LIKE '%changed while%'";
const WORKERS = "SELECT count(*) FROM turno_workers";
const PATIENTLY = { timeout: 10_000, interval: 10 };

describe("the inventory program", { timeout: 30_000 }, () => {
  let directory: string;
  let data: string;
  const start = () => new Program(directory, "--data", data);

  beforeEach(() => {
    directory = temporaryDirectory();
    data = temporaryDirectory();
  });

  afterEach(() => {
    for (const made of [directory, data]) rmSync(made, { recursive: true, force: true });
  });

  test("finds what find and sha256sum find, whatever the names", async () => {
    fillOddly(directory, { plain: 50 });
    const program = start();
    expect(await program.ended).toBe(0);
    expect(inventoryIn(data)).toEqual(sha256sums(directory));
    expect(program.stdout).toContain(`completed ${sha256sums(directory).size}, dead 0`);
    expect(program.stdout).toContain("3 × 8 B");
    expect(program.stdout).toContain(databaseIn(data));
  });

  test("begins a new inventory when the last one was finished", async () => {
    fillOddly(directory, { plain: 5 });
    expect(await start().ended).toBe(0);
    const first = databaseIn(data);
    writeFileSync(join(directory, "new"), "new");
    writeFileSync(join(directory, "empty"), "no longer");
    const program = start();
    expect(await program.ended).toBe(0);
    expect(program.stderr).toContain("this is a new one");
    expect(databaseIn(data)).not.toBe(first);
    expect(inventoryIn(data)).toEqual(sha256sums(directory));
  });

  test("goes on where it was after kill -9 at any moment", async () => {
    fillOddly(directory, { plain: 1_500 });
    const early = start();
    await vi.waitUntil(() => numberIn(data, JOBS) > 0, PATIENTLY);
    early.kill("all", "SIGKILL");
    await early.ended;
    for (const whom of ["all", "parent", "worker", "all"] as const) {
      const program = start();
      const goal = numberIn(data, FILES) + 300 * Math.random();
      await vi.waitUntil(() => numberIn(data, FILES) > goal, PATIENTLY);
      program.kill(whom, "SIGKILL");
      if (whom === "worker") await sleep(200);
      program.kill("parent", "SIGKILL");
      expect(await program.ended).toBe("SIGKILL");
    }
    const last = start();
    expect(await last.ended).toBe(0);
    expect(last.stderr).toContain("Going on where it was");
    expect(inventoryIn(data)).toEqual(sha256sums(directory));
    expect(last.stdout).toContain(`completed ${sha256sums(directory).size}, dead 0`);
  });

  test("goes on with a walk that was interrupted, and does nothing twice", async () => {
    fillOddly(directory, { plain: 600 });
    await enqueue({ chunks: 1 });
    const found = numberIn(data, JOBS);
    expect(found).toBeLessThan(600);
    const program = start();
    expect(await program.ended).toBe(0);
    expect(program.stderr).toContain(`1 of ${found} files found so far are done`);
    expect(inventoryIn(data)).toEqual(sha256sums(directory));
    expect(numberIn(data, JOBS)).toBe(sha256sums(directory).size);
    expect(numberIn(data, "SELECT max(attempt) FROM turno_jobs")).toBe(1);
  });

  test("replaces a worker process that is killed", async () => {
    fillOddly(directory, { plain: 1_000 });
    const program = start();
    await vi.waitUntil(() => numberIn(data, FILES) > 0, PATIENTLY);
    program.kill("worker", "SIGKILL");
    expect(await program.ended).toBe(0);
    expect(program.stderr).toContain(`Worker process ${program.workers[0]} ended by SIGKILL`);
    expect(inventoryIn(data)).toEqual(sha256sums(directory));
  });

  test("leaves no worker process behind when it is killed", async () => {
    fillOddly(directory, { plain: 1_000 });
    const program = start();
    await vi.waitUntil(() => numberIn(data, WORKERS) === 2, PATIENTLY);
    program.kill("parent", "SIGKILL");
    await vi.waitUntil(() => numberIn(data, WORKERS) === 0, PATIENTLY);
  });

  test("stops in good order at Ctrl-C, and says how to go on", async () => {
    fillOddly(directory, { plain: 1_000 });
    const program = start();
    await vi.waitUntil(() => numberIn(data, FILES) > 0, PATIENTLY);
    program.kill("all", "SIGINT");
    expect(await program.ended).toBe(130);
    expect(program.stderr).toMatch(/Stopped: \d+ of .* To go on: npm start -- /);
    expect(numberIn(data, WORKERS)).toBe(0);
    expect(numberIn(data, "SELECT count(*) FROM turno_jobs WHERE worker > 0")).toBe(0);
    const second = start();
    expect(await second.ended).toBe(0);
    expect(second.stderr).toContain("Going on where it was");
    expect(inventoryIn(data)).toEqual(sha256sums(directory));
  });

  test("names a directory that is missing", async () => {
    const missing = join(directory, "missing");
    const program = new Program(missing, "--data", data);
    expect(await program.ended).toBe(1);
    expect(program.stderr).toBe(`inventory: ${missing}: there is no such directory\n`);
  });

  test("reports what can no longer be read, and reads the rest", async () => {
    fillOddly(directory, { plain: 60 });
    await enqueue({ chunks: Infinity });
    rmSync(join(directory, "large"));
    rmSync(join(directory, "folder 3"), { recursive: true });
    makeNamedPipe(join(directory, "folder 3"));
    rmSync(join(directory, "empty"));
    symlinkSync("-rf", join(directory, "empty"));
    rmSync(join(directory, "folder 5/5.txt"));
    mkdirSync(join(directory, "folder 5/5.txt"));
    rmSync(join(directory, "folder 7/7.txt"));
    makeNamedPipe(join(directory, "folder 7/7.txt"));
    const program = start();
    expect(await program.ended).toBe(0);
    expect(inventoryIn(data)).toEqual(sha256sums(directory));
    expect(program.stdout).toContain("8 files could not be read");
    expect(program.stdout).toContain("  large: is gone\n");
    expect(program.stdout).toContain("  folder 3/3.txt: is gone\n");
    expect(program.stdout).toContain("  empty: is a symbolic link by now\n");
    expect(program.stdout).toContain("  folder 5/5.txt: is a directory by now");
    expect(program.stdout).toContain("  folder 7/7.txt: is no regular file any more\n");
  });

  test("reads a file again that changed while it was read", async () => {
    fillOddly(directory, { plain: 5 });
    // So large that to read it takes longer than this loop's rounds, on a busy machine too.
    truncateSync(join(directory, "large"), 200_000_000);
    const program = start();
    while (numberIn(data, FAILED) === 0) {
      appendFileSync(join(directory, "large"), "more");
      await sleep(1);
    }
    expect(await program.ended).toBe(0);
    expect(inventoryIn(data)).toEqual(sha256sums(directory));
  });

  /** What a program has done that was killed early: so many chunks of jobs, of which one job is finished. */
  async function enqueue({ chunks }: { readonly chunks: number }) {
    const options = { directory: Buffer.from(directory), data, limit: Infinity, command: "" };
    const inventory = await latestInventory(options, () => {});
    const { signal } = new AbortController();
    Object.defineProperty(signal, "aborted", { get: () => chunks-- <= 0 });
    await enqueueFiles(inventory, options, signal);
    await finishOne(inventory);
    await inventory.close();
  }

  async function finishOne(inventory: Inventory) {
    const { db, queue } = inventory;
    const [job] = await queue.claim();
    if (job === undefined) throw new Error("there is no job");
    const path = fromStored(job.payload);
    const { size, sha256 } = await hashFile(joined(inventory.directory, path), job.signal);
    db.transaction(() => {
      inventory.add({ path, size, kind: "any", sha256 });
      queue.within(db).complete(job);
    }).immediate();
  }
});
