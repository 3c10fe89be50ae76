import { execFile } from "node:child_process";
import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { findPostgres } from "./find-postgres.ts";
import { freePort } from "./free-port.ts";
import { treeCpuSeconds, treeMemoryBytes } from "./process-tree.ts";
import { ServerProcess } from "./server-process.ts";
import { unprivilegedUser, type User } from "./unprivileged-user.ts";

const execute = promisify(execFile);

export interface PostgresOptions {
  /** Its settings by name; default: its own, by which each commit waits until it is synced. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Who tells of an installation; default: turno. */
  readonly by?: string;
}

/** Settings of a cluster whose data nobody will miss after a crash of the machine: commits do not wait for the disk. */
export const FAST: Readonly<Record<string, string>> = { fsync: "off", full_page_writes: "off" };

/**
 * A throwaway Postgres on loopback, in a temporary folder, which trusts everybody: it ends with this process at the
 * latest. On Debian root installs it first where it is missing; otherwise rejects with what is missing and how to get it.
 */
export async function startPostgres({
  settings = {},
  by,
}: PostgresOptions = {}): Promise<Postgres> {
  const { path, missing } = await findPostgres(by);
  if (path === undefined) throw new Error(missing);
  const { stdout } = await execute(path, ["--version"]);
  const port = await freePort();
  const user = unprivilegedUser("postgres", "nobody");
  const folder = await newCluster(dirname(path), user);
  const chosen = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const place = ["-D", dataOf(folder), "-h", "127.0.0.1", "-p", String(port), "-k", ""];
  const psql = join(dirname(path), "psql");
  const server = await ServerProcess.start({
    program: path,
    args: [...place, ...chosen],
    folder,
    user,
    // Immediate: it neither writes what is in memory nor waits for those who are connected.
    end: "SIGQUIT",
    isReady: () =>
      ask(psql, urlOf(port), "select").then(
        () => true,
        () => false,
      ),
  });
  const version = `Postgres ${/(\d+(\.\d+)*)/.exec(stdout)?.[1] ?? "?"}`;
  return new Postgres({ server, psql, port, folder, version });
}

interface Parts {
  readonly server: ServerProcess;
  readonly psql: string;
  readonly port: number;
  readonly folder: string;
  readonly version: string;
}

/** A Postgres of ours, which can be killed, and started again on the same data and port. */
export class Postgres implements AsyncDisposable {
  readonly port: number;
  /** Its name and version. */
  readonly version: string;
  readonly #server: ServerProcess;
  readonly #psql: string;
  readonly #folder: string;
  #given = 0;
  #fresh: string | undefined;

  constructor({ server, psql, port, folder, version }: Parts) {
    this.port = port;
    this.version = version;
    this.#server = server;
    this.#psql = psql;
    this.#folder = folder;
  }

  /** Of its first process, which starts all others; another one after a restart. */
  get pid(): number {
    return this.#server.pid;
  }

  /** Where a database is reached, as superuser. */
  url(database = "postgres"): string {
    return urlOf(this.port, database);
  }

  /** What it answers to a statement, as superuser: lines of columns between bars. */
  async ask(sql: string, url: string = this.url()): Promise<string> {
    return await ask(this.#psql, url, sql);
  }

  /** The URL of a new, empty database. */
  async createDatabase(): Promise<string> {
    const name = `turno${++this.#given}`;
    await this.ask(`create database ${name}`);
    return this.url(name);
  }

  /** The same, and deletes the one given before, with all who are still connected. */
  async fresh(): Promise<string> {
    if (this.#fresh !== undefined) await this.dropDatabase(this.#fresh);
    this.#fresh = await this.createDatabase();
    return this.#fresh;
  }

  async dropDatabase(url: string): Promise<void> {
    const last = `drop database if exists ${new URL(url).pathname.slice(1)}`;
    // It waits some seconds for those who are just going; who has not gone by then is thrown out.
    await this.ask(last).catch(() => this.ask(`${last} with (force)`));
  }

  /** Ends all its processes at once, without a word to anybody: what was not written to the disk is lost. */
  async kill(): Promise<void> {
    await this.#server.kill();
  }

  /** Starts it again after a kill, or kills it first; resolves once it answers, after it has recovered. */
  async restart(): Promise<void> {
    await this.kill();
    // It names a process that may by now be somebody else's; all of its own are gone.
    rmSync(join(dataOf(this.#folder), "postmaster.pid"), { force: true });
    await this.#server.startAgain();
  }

  /** As an administrator does it: throws out who is connected, writes everything down, and starts again. */
  async restartFast(): Promise<void> {
    await this.#server.end("SIGINT");
    await this.#server.startAgain();
  }

  /** What it has written to its log. */
  log(): string {
    return readFileSync(join(this.#folder, "server.log"), "utf8");
  }

  /** CPU seconds used so far by all its processes since the last start, living and ended; NaN where there is no /proc. */
  cpuSeconds(): number {
    return treeCpuSeconds(this.pid);
  }

  /** What its living processes hold now, memory that they share counted once; NaN where there is no /proc. */
  memoryBytes(): number {
    return treeMemoryBytes(this.pid);
  }

  /** Resolves once its processes have ended and its folder is gone. */
  async stop(): Promise<void> {
    await this.#server.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

async function newCluster(programs: string, user: User | undefined): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "turno-postgres-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const settings = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"];
  const args = ["-D", dataOf(folder), "--no-sync", ...settings];
  try {
    await execute(join(programs, "initdb"), args, { ...user, cwd: folder });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

async function ask(psql: string, url: string, sql: string): Promise<string> {
  const plain = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"];
  const { stdout } = await execute(psql, [...plain, `--dbname=${url}`, "--command", sql]);
  return stdout.trim();
}

function urlOf(port: number, database = "postgres"): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`;
}

function dataOf(folder: string): string {
  return join(folder, "data");
}
