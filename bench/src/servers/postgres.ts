import { execFile, execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import { treeCpuSeconds, treeMemoryBytes } from "./process-tree.ts";
import { ServerProcess } from "./server-process.ts";

const execute = promisify(execFile);

/** Debian keeps the programs of each version in a folder of their own, off the PATH. */
const VERSIONS = "/usr/lib/postgresql";

/** Postgres at its defaults: each commit waits until it is synced. */
export async function startPostgres() {
  const program = await findProgram({ program: "postgres", debianPackage: "postgresql", folders });
  const programs = dirname(program);
  const { stdout } = await execute(program, ["--version"]);
  const port = String(await freePort());
  const user = ownUser();
  const folder = await newCluster(programs, user);
  const at = ["-h", "127.0.0.1", "-p", port];
  const args = ["-D", join(folder, "data"), ...at, "-k", ""];
  // Immediate: it neither writes what is in memory nor waits for those who are connected.
  const postgres = new ServerProcess({ program, args, folder, user, end: "SIGQUIT" });
  const ask = (...commands: string[]) =>
    execute(join(programs, "psql"), [
      "--no-psqlrc",
      "--quiet",
      ...at,
      "--username=postgres",
      "--dbname=postgres",
      ...commands.flatMap((command) => ["-c", command]),
    ]);
  await postgres.ready(() =>
    ask("select").then(
      () => true,
      () => false,
    ),
  );
  let given = 0;
  return {
    version: `Postgres ${/(\d+(\.\d+)*)/.exec(stdout)?.[1] ?? "?"}`,
    async fresh() {
      const last = `drop database if exists bench${given}`;
      // It waits some seconds for those who are just going; who has not gone by then is thrown out.
      await ask(last).catch(() => ask(`${last} with (force)`));
      await ask(`create database bench${++given}`);
      return `postgres://postgres@127.0.0.1:${port}/bench${given}`;
    },
    cpuSeconds: () => treeCpuSeconds(postgres.pid),
    memoryBytes: () => treeMemoryBytes(postgres.pid),
    stop: () => postgres.stop(),
  };
}

function folders(): string[] {
  if (!existsSync(VERSIONS)) return [];
  const newestFirst = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => join(VERSIONS, version, "bin"));
}

/** Whom it runs as: it refuses to run as root. */
function ownUser() {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (what: string) =>
    Number(execFileSync("id", [what, "postgres"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

async function newCluster(programs: string, user: ReturnType<typeof ownUser>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "turno-postgres-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const settings = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"];
  try {
    await execute(
      join(programs, "initdb"),
      ["-D", join(folder, "data"), "--no-sync", ...settings],
      {
        ...user,
        cwd: folder,
      },
    );
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}
