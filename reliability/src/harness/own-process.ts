import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { HistoryFile } from "../history/history-file.ts";
import type { Programs } from "../processes/options.ts";

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface OwnProcessOptions {
  readonly program: keyof Programs;
  /** Its one argument; `name` is its name in the histories. */
  readonly options: { readonly name: string; readonly folder: string };
  /** Options of Node, such as `--max-old-space-size=64`. */
  readonly nodeOptions?: readonly string[] | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The user that it runs as. Default: the harness's. */
  readonly uid?: number | undefined;
  /** A command that runs the program, and is then it: its name, and arguments before the program's. Default: none. */
  readonly through?: readonly string[] | undefined;
  /** Where what is done to it is written down. */
  readonly history: HistoryFile;
}

/**
 * A program of `processes/` in a process of its own. What is done to it goes to the harness's history, always just
 * before it is done.
 */
export class OwnProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves when it is set up, or has ended. */
  readonly ready: Promise<void>;
  readonly exited: Promise<Exit>;
  /** How it ended; undefined while it lives. */
  exit: Exit | undefined;
  /** Whether somebody has killed it, or asked it to stop. */
  isTold = false;
  isFrozen = false;
  readonly #child: ChildProcess;
  readonly #history: HistoryFile;

  constructor(options: OwnProcessOptions) {
    this.name = options.options.name;
    this.#history = options.history;
    this.#child = start(options);
    this.pid = this.#child.pid ?? 0;
    this.exited = once(this.#child, "exit").then(([code, signal]) =>
      this.#onExit({ code, signal }),
    );
    this.ready = Promise.race([once(this.#child, "message"), this.exited]).then(() => {});
  }

  /** By SIGKILL. */
  kill(): void {
    this.isTold = true;
    this.#do("killed", "SIGKILL");
  }

  /** By SIGSTOP: it stands still until it is thawed. */
  freeze(): void {
    this.isFrozen = true;
    this.#do("frozen", "SIGSTOP");
  }

  thaw(): void {
    this.isFrozen = false;
    this.#do("thawed", "SIGCONT");
  }

  /** By SIGTERM, to stop as soon as it can. */
  ask(): void {
    this.isTold = true;
    this.#do("asked", "SIGTERM");
  }

  #do(kind: "killed" | "frozen" | "thawed" | "asked", signal: NodeJS.Signals): void {
    if (this.exit !== undefined) return;
    this.#history.write({ kind, of: this.name });
    this.#child.kill(signal);
  }

  #onExit(exit: Exit): Exit {
    this.exit = exit;
    this.#history.write({ kind: "exited", of: this.name, ...exit });
    return exit;
  }
}

function start({
  program,
  options,
  nodeOptions = [],
  env,
  uid,
  through = [],
}: OwnProcessOptions): ChildProcess {
  const [execPath, ...before] = [...through, process.execPath];
  const errors = openSync(join(options.folder, `${options.name}.stderr`), "a");
  const child = fork(
    fileURLToPath(new URL(`../processes/${program}.ts`, import.meta.url)),
    [JSON.stringify(options)],
    {
      stdio: ["ignore", errors, errors, "ipc"],
      ...(uid === undefined ? {} : { uid }),
      execPath,
      execArgv: [
        ...before,
        "--conditions=@turno/source",
        "--disable-warning=ExperimentalWarning",
        ...nodeOptions,
      ],
      // Without the cache, half a second of each start is Node's, for the types of the sources.
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "turno-compile-cache"), ...env },
    },
  );
  closeSync(errors);
  // SIGKILL ends a frozen process, too.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  return child;
}
