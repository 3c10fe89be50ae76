import { spawnSync } from "node:child_process";
import type { OwnProcess } from "./own-process.ts";

/** Whether this machine has what `withFileLimit` needs. */
export const canLimitFiles =
  process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0;

/** Lets running processes write no file beyond so many bytes while `work` goes on: to them the disk is full. */
export async function withFileLimit<T>(
  processes: readonly OwnProcess[],
  bytes: number,
  work: () => Promise<T>,
): Promise<T> {
  for (const { pid } of processes) limit(pid, String(bytes));
  try {
    return await work();
  } finally {
    for (const { pid, exit } of processes) if (exit === undefined) limit(pid, "unlimited");
  }
}

/** The soft limit alone, so that it can be raised again. */
function limit(pid: number, bytes: string): void {
  const { status, stderr } = spawnSync("prlimit", [`--pid=${pid}`, `--fsize=${bytes}:unlimited`], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the limit of process ${pid} cannot be set: ${stderr}`);
}
