import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** A run of the program as a real process, with a group of its own as a terminal gives it. */
export class Program {
  stdout = "";
  stderr = "";
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;

  constructor(...args: string[]) {
    const options = ["--conditions=@turno/source", "--disable-warning=ExperimentalWarning"];
    // Most of a short run is the start of three processes.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "turno-compile-cache") };
    const child = spawn(process.execPath, [...options, MAIN, ...args], {
      detached: true,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.setEncoding("utf8").on("data", (text) => (this.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (this.stderr += text));
    this.#child = child;
    this.ended = once(child, "close").then(([code, signal]) => signal ?? code);
  }

  /** The processes that it has started so far. */
  get workers(): number[] {
    const started = /Worker processes (\d+) and (\d+)/.exec(this.stderr) ?? [];
    return started.slice(1).map(Number);
  }

  /** Sends a signal; to nobody where there is no such process yet, or any more. */
  kill(whom: "parent" | "worker" | "all", signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    const target = { parent: pid, worker: this.workers[0], all: pid && -pid }[whom];
    try {
      if (target !== undefined) process.kill(target, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
