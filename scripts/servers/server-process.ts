import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { livingBelow } from "./process-tree.ts";

const READY_MS = 60_000;
const LOOK_MS = 20;
const REMOVALS = 50;

/** How much of a server's log is shown where it does not start. */
const WORDS = 4_000;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Its own, which is removed when it is stopped. */
  readonly folder: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The signal that ends it soonest; nobody will read its data again. */
  readonly end: NodeJS.Signals;
  /** Resolves with true once it answers. */
  readonly isReady: () => Promise<boolean>;
}

/** A server that runs in the background until it is stopped, and never longer than this process. */
export class ServerProcess {
  readonly #command: Command;
  readonly #log: string;
  #child: ChildProcess;
  readonly #endNow = () => this.#abandon();

  private constructor(command: Command) {
    this.#command = command;
    this.#log = join(command.folder, "server.log");
    this.#child = this.#spawn();
    endWithThisProcess();
    process.on("exit", this.#endNow);
  }

  /** Resolves once it answers. Rejects with the server's log where it ends before, or takes too long. */
  static async start(command: Command): Promise<ServerProcess> {
    const server = new ServerProcess(command);
    await server.#ready();
    return server;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Starts it again in its folder, once it has ended; as `start`. */
  async startAgain(): Promise<void> {
    if (!this.#hasEnded()) throw new Error(`${this.#command.program} runs, as ${this.pid}`);
    this.#child = this.#spawn();
    await this.#ready();
  }

  /** Sends it a signal, and resolves once it has ended; its folder stays. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#hasEnded()) return;
    const ended = once(this.#child, "exit");
    this.#child.ref();
    this.#child.kill(signal);
    await ended;
  }

  /** Kills it and all that it has started, and resolves once all of it is gone; needs /proc. Its folder stays. */
  async kill(): Promise<void> {
    if (this.#hasEnded()) return;
    // Or else it would notice, tell the others, or start new ones.
    this.#child.kill("SIGSTOP");
    for (let living = livingBelow(this.pid); living.length > 0; living = livingBelow(this.pid)) {
      for (const pid of living) killIfAlive(pid);
      await delay(1);
    }
    await this.end("SIGKILL");
  }

  /** Resolves once it has ended and its folder is gone. */
  async stop(): Promise<void> {
    process.off("exit", this.#endNow);
    await this.end(this.#command.end);
    // Its last processes may still be writing there.
    for (let tries = 0; tries < REMOVALS && !this.#removeFolder(); tries++) await delay(LOOK_MS);
  }

  #spawn(): ChildProcess {
    const { program, args, user, folder } = this.#command;
    const log = openSync(this.#log, "a");
    // Detached, or else Ctrl-C would reach it too, and it would say good-bye at length.
    const stdio = ["ignore", log, log] as const;
    const child = spawn(program, args, { ...user, cwd: folder, stdio: [...stdio], detached: true });
    closeSync(log);
    child.on("error", () => {});
    child.unref();
    return child;
  }

  async #ready(): Promise<void> {
    const limit = performance.now() + READY_MS;
    while (!(await this.#command.isReady())) {
      if (this.#hasEnded() || performance.now() > limit) {
        const log = readFileSync(this.#log, "utf8").trim().slice(-WORDS);
        await this.stop();
        throw new Error(`${this.#command.program} did not start: ${log}`);
      }
      await delay(LOOK_MS);
    }
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

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
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
