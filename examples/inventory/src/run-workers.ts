import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { UserError } from "./user-error.ts";

const PROGRAM = new URL("./worker-process.ts", import.meta.url);
const MOST_DEATHS = 10;
const STOP_MS = 10_000;

interface WorkerOptions {
  /** How many processes. */
  readonly count: number;
  /** The database. */
  readonly file: string;
  readonly say: (words: string) => void;
}

/** Keeps worker processes running, one in place of each that dies, until the signal is aborted and all have ended. */
export async function runWorkers(options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const first = Array.from({ length: options.count }, () => start(options));
  options.say(`Worker processes ${first.map(({ pid }) => pid).join(" and ")} read the files.`);
  await Promise.all(first.map((child) => keepRunning(child, options, signal)));
}

async function keepRunning(
  child: ChildProcess,
  options: WorkerOptions,
  signal: AbortSignal,
): Promise<void> {
  for (let deaths = 1; ; deaths++) {
    const how = await endOf(child, signal);
    if (signal.aborted) return;
    if (deaths > MOST_DEATHS)
      throw new UserError(`a worker process ended ${deaths} times, the last time by ${how}`);
    const dead = child.pid;
    child = start(options);
    options.say(`Worker process ${dead} ended by ${how}; ${child.pid} takes its place.`);
  }
}

function start({ file, say }: WorkerOptions): ChildProcess {
  // With Node's options of this process, and a channel to it.
  const child = fork(PROGRAM, [file], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  if (child.stderr !== null) createInterface(child.stderr).on("line", say);
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  return child;
}

/** Waits for the end of a process, and asks for it when the signal is aborted. */
async function endOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  const stop = () => {
    if (child.connected) child.disconnect();
    setTimeout(() => child.kill("SIGKILL"), STOP_MS).unref();
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const [code, by] = await once(child, "exit");
  signal.removeEventListener("abort", stop);
  return by ?? `exit code ${code}`;
}
