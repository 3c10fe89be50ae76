import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const READY_MS = 60_000;
const LOOK_MS = 20;
const REMOVALS = 50;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Its own, which is removed when it ends. */
  readonly folder: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The signal that ends it soonest; nobody will read its data again. */
  readonly end: NodeJS.Signals;
}

/** A server that runs in the background until it is stopped, and never longer than this process. */
export class ServerProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #command: Command;
  readonly #log: string;
  readonly #endNow = () => this.#abandon();

  constructor(command: Command) {
    this.#command = command;
    this.#log = join(command.folder, "server.log");
    const log = openSync(this.#log, "a");
    // Detached, or else Ctrl-C would reach it too, and it would say good-bye at length.
    this.#child = spawn(command.program, command.args, {
      ...command.user,
      cwd: command.folder,
      stdio: ["ignore", log, log],
      detached: true,
    });
    this.#child.on("error", () => {});
    this.#child.unref();
    this.pid = this.#child.pid ?? -1;
    endWithThisProcess();
    process.on("exit", this.#endNow);
  }

  /** Resolves once `isReady` does so with true. Rejects with the server's log where it ends before, or takes too long. */
  async ready(isReady: () => Promise<boolean>): Promise<void> {
    const limit = performance.now() + READY_MS;
    while (!(await isReady())) {
      if (this.#hasEnded() || performance.now() > limit) {
        const log = readFileSync(this.#log, "utf8").trim();
        await this.stop();
        throw new Error(`${this.#command.program} did not start: ${log}`);
      }
      await delay(LOOK_MS);
    }
  }

  async stop(): Promise<void> {
    process.off("exit", this.#endNow);
    if (!this.#hasEnded()) {
      const ended = once(this.#child, "exit");
      this.#child.ref();
      this.#child.kill(this.#command.end);
      await ended;
    }
    // Its last processes may still be writing there.
    for (let tries = 0; tries < REMOVALS && !this.#removeFolder(); tries++) await delay(LOOK_MS);
  }

  #abandon(): void {
    if (!this.#hasEnded()) this.#child.kill(this.#command.end);
    // The same at an exit, where nothing can be awaited.
    const still = new Int32Array(new SharedArrayBuffer(4));
    for (let tries = 0; tries < REMOVALS && !this.#removeFolder(); tries++)
      Atomics.wait(still, 0, 0, LOOK_MS);
  }

  #hasEnded(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  /** Whether it is gone. */
  #removeFolder(): boolean {
    try {
      rmSync(this.#command.folder, { recursive: true, force: true });
      return !existsSync(this.#command.folder);
    } catch {
      return false;
    }
  }
}

let isWatching = false;

/** Lets a signal that would end this process at once end it by way of its exit, which the servers wait for. */
function endWithThisProcess(): void {
  if (isWatching) return;
  isWatching = true;
  const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
  for (const [signal, code] of Object.entries(signals))
    process.on(signal, () => process.exit(code));
}
