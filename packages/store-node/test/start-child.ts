import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export interface Child {
  readonly pid: number;
  /** The next line that it prints. */
  line(): Promise<string>;
  tell(line: string): void;
  kill(signal: NodeJS.Signals): void;
  /** How it ended, and all that it wrote to stderr. */
  readonly ended: Promise<{ code: number | null; signal: string | null; stderr: string }>;
}

interface ChildOptions {
  /** The program to run it with, and that program's arguments before Node's. */
  readonly by?: readonly string[];
}

const PROGRAMS = {
  beat: new URL("./children/beat.ts", import.meta.url),
  fill: new URL("./children/fill.ts", import.meta.url),
  "lose-permission": new URL("./children/lose-permission.ts", import.meta.url),
  look: new URL("./children/look.ts", import.meta.url),
  move: new URL("./children/move.ts", import.meta.url),
  shift: new URL("./children/shift.ts", import.meta.url),
  watch: new URL("./children/watch.ts", import.meta.url),
  work: new URL("./children/work.ts", import.meta.url),
  write: new URL("./children/write.ts", import.meta.url),
};

/** Runs a program of `children/` in a process of its own, which ends with the test at the latest. */
export function startChild(
  name: keyof typeof PROGRAMS,
  args: readonly string[],
  { by = [] }: ChildOptions = {},
): Child {
  const program = fileURLToPath(PROGRAMS[name]);
  const node = [
    process.execPath,
    "--conditions=@turno/source",
    "--disable-warning=ExperimentalWarning",
  ];
  const [command = "", ...rest] = [...by, ...node, program, ...args];
  // Without it, half a second of each start is Node's, for the types of the sources.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "turno-compile-cache") };
  const child = spawn(command, rest, { stdio: ["pipe", "pipe", "pipe"], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stderr }));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return {
    pid: child.pid ?? 0,
    line: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the child ${name} ended: ${stderr}`);
      return value;
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
