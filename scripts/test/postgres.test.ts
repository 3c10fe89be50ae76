import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { findPostgres } from "../servers/find-postgres.ts";
import { livingBelow } from "../servers/process-tree.ts";
import { FAST, type Postgres, startPostgres } from "../servers/postgres.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 });

let missing: string | undefined;
let postgres: Postgres;

beforeAll(async () => {
  ({ missing } = await findPostgres());
  if (missing === undefined) postgres = await startPostgres({ settings: FAST });
});
afterAll(() => postgres?.stop());
beforeEach(({ skip }) => skip(missing !== undefined, missing));

const count = (url: string) => postgres.ask("select count(*) from kept", url);

async function filledDatabase(): Promise<string> {
  const url = await postgres.createDatabase();
  await postgres.ask("create table kept as select generate_series(1, 1000)", url);
  return url;
}

it("takes the settings it is given", async () => {
  expect(await postgres.ask("show fsync")).toBe("off");
  expect(await postgres.ask("show server_encoding")).toBe("UTF8");
});

it("listens below the ports that connections are given", () => {
  expect(postgres.port).toBeLessThan(32_768);
});

it("a kill leaves none of its processes, and a restart finds what was committed", async () => {
  const url = await filledDatabase();
  const before = [postgres.pid, ...livingBelow(postgres.pid)];
  expect(before.length).toBeGreaterThan(3);
  await postgres.kill();
  expect(before.filter((pid) => isAlive(pid))).toEqual([]);
  await expect(count(url)).rejects.toThrow("Connection refused");
  await postgres.restart();
  expect(await count(url)).toBe("1000");
  expect(postgres.log()).toContain("automatic recovery in progress");
});

it("a restart kills a server that runs, whoever is connected", async () => {
  const url = await filledDatabase();
  const connected = postgres.ask("select pg_sleep(60)", url);
  connected.catch(() => {});
  await until(async () => (await sleepers()) === "1");
  const { pid } = postgres;
  await postgres.restart();
  await expect(connected).rejects.toThrow("closed the connection unexpectedly");
  expect(postgres.pid).not.toBe(pid);
  expect(await count(url)).toBe("1000");
});

it("a fast restart tells those who are connected, and has nothing to recover", async () => {
  const url = await filledDatabase();
  const connected = postgres.ask("select pg_sleep(60)", url);
  connected.catch(() => {});
  await until(async () => (await sleepers()) === "1");
  const told = postgres.log().length;
  await postgres.restartFast();
  await expect(connected).rejects.toThrow("terminating connection due to administrator command");
  expect(await count(url)).toBe("1000");
  expect(postgres.log().slice(told)).not.toContain("recovery");
});

it("a fresh database takes the place of the one before", async () => {
  const first = await postgres.fresh();
  const second = await postgres.fresh();
  await expect(postgres.ask("select", first)).rejects.toThrow("does not exist");
  expect(await postgres.ask("select 1", second)).toBe("1");
});

it("ends with the process that has started it", async () => {
  const module = new URL("../servers/postgres.ts", import.meta.url).href;
  const program = `
    const { startPostgres, FAST } = await import(${JSON.stringify(module)});
    const { pid } = await startPostgres({ settings: FAST });
    const { readlinkSync } = await import("node:fs");
    process.stdout.write(JSON.stringify({ pid, folder: readlinkSync(\`/proc/\${pid}/cwd\`) }));
    process.exit(0);`;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  });
  const { pid, folder } = JSON.parse(stdout) as { pid: number; folder: string };
  expect(folder).toContain("turno-postgres-");
  await until(() => !isAlive(pid));
  await until(() => !existsSync(folder.replace(/\/data$/, "")));
});

function sleepers(): Promise<string> {
  const sql = "select count(*) from pg_stat_activity where query = 'select pg_sleep(60)'";
  return postgres.ask(sql);
}

/** One that nobody has waited for is not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await isSo()).toBe(true), { timeout: 30_000 });
}
