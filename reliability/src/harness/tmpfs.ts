import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** Whether this process may mount file systems. */
export const canMount =
  process.platform === "linux" && spawnSync("unshare", ["-m", "true"]).status === 0;

/** A small file system in memory, which can be made larger while it is in use. */
export class Tmpfs {
  readonly #folder: string;

  constructor(folder: string, bytes: number) {
    mkdirSync(folder);
    this.#folder = folder;
    run("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder);
  }

  resize(bytes: number): void {
    run("mount", "-o", `remount,size=${bytes}`, this.#folder);
  }

  unmount(): void {
    run("umount", "--lazy", this.#folder);
  }
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
}
