import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export interface Child {
  /** The next line that it prints. */
  line(): Promise<string>;
  tell(line: string): void;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<unknown>;
}

/** Runs a program of `children/` in a process of its own, which ends with the test at the latest. */
export function startChild(name: "beat" | "work", ...args: readonly string[]): Child {
  const program = fileURLToPath(new URL(`./children/${name}.ts`, import.meta.url));
  const flags = ["--conditions=@turno/source", "--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...flags, program, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return {
    async line() {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the child ${name} ended`);
      return value;
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
