import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { needProgram } from "../find-program.ts";
import { freePort } from "./free-port.ts";
import { treeCpuSeconds, treeMemoryBytes } from "./process-tree.ts";
import { ServerProcess } from "./server-process.ts";

const execute = promisify(execFile);

/**
 * Redis at its defaults, which are Debian's too: snapshots, but no log of each write; and nothing is evicted. `by` is
 * who tells of an installation.
 */
export async function startRedis(by?: string) {
  const need = (name: string, debianPackage: string) =>
    needProgram({ names: [name], debianPackage, by });
  const program = await need("redis-server", "redis-server");
  const client = await need("redis-cli", "redis-tools");
  const { stdout } = await execute(program, ["--version"]);
  const port = String(await freePort());
  const folder = mkdtempSync(join(tmpdir(), "turno-redis-"));
  const args = ["--bind", "127.0.0.1", "--port", port, "--dir", folder];
  const ask = async (...command: string[]) => {
    const { stdout } = await execute(client, ["-p", port, ...command]);
    return stdout.trim();
  };
  const isReady = () =>
    ask("PING").then(
      (answer) => answer === "PONG",
      () => false,
    );
  const redis = await ServerProcess.start({ program, args, folder, end: "SIGKILL", isReady });
  return {
    version: `Redis ${/v=(\S+)/.exec(stdout)?.[1] ?? "?"}`,
    async fresh() {
      await ask("CLIENT", "KILL", "TYPE", "normal");
      const answer = await ask("FLUSHALL", "SYNC");
      if (answer !== "OK") throw new Error(`Redis did not delete its data: ${answer}`);
      return `redis://127.0.0.1:${port}/0`;
    },
    cpuSeconds: () => treeCpuSeconds(redis.pid),
    memoryBytes: () => treeMemoryBytes(redis.pid),
    stop: () => redis.stop(),
  };
}
