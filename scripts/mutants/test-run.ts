import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";

/** A test that failed. */
export interface Failure {
  /** Its path under `packages`. */
  readonly file: string;
  readonly test: string;
  /** It did not fail, but never ended. */
  readonly timedOut: boolean;
}

/** How the tests of one run ended. */
export interface TestRun {
  /** The files that were run, by their paths under `packages`. */
  readonly files: readonly string[];
  /** The first that failed; undefined where all passed. */
  readonly failure: Failure | undefined;
}

/** More than the usual five seconds: a busy machine is no fault. */
const LONGEST_TEST_MS = 20_000;
const LONGEST_RUN_MS = 600_000;
const running = new Set<ChildProcess>();

/**
 * Runs the tests whose paths under `packages` begin so, up to the first that fails (or `bail`), in a copy of the tree. Rejects
 * where that tells nothing of the tests: where the run broke outside of them.
 */
export async function runTests(
  folder: string,
  paths: readonly string[],
  { threads = 1, bail = 1 }: { readonly threads?: number; readonly bail?: number } = {},
): Promise<TestRun> {
  const report = join(folder, "node_modules/.report.json");
  rmSync(report, { force: true });
  const { code, output, timedOut } = await vitest(folder, [
    "run",
    "--config=vitest.config.ts",
    // A fault that does not compile says nothing of what it does.
    "--exclude=**/test/types/**",
    `--bail=${bail}`,
    `--maxWorkers=${threads}`,
    `--testTimeout=${LONGEST_TEST_MS}`,
    "--reporter=json",
    `--outputFile=${report}`,
    ...new Set(paths.map((path) => `--project=${path.split("/")[0]}`)),
    ...paths.map((path) => join("packages", path)),
  ]);
  if (timedOut) throw new Error(`the run did not end within ${LONGEST_RUN_MS / 1_000} s`);
  const run = readReport(folder, report, output);
  if (code !== 0 && run.failure === undefined)
    throw new Error(`no test failed, but the run ended with ${code}: ${lastLines(output)}`);
  return run;
}

/** Ends whatever is still running, with its children. */
export function killTests(): void {
  for (const child of running) kill(child);
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function readReport(folder: string, report: string, output: string): TestRun {
  const { testResults } = parsed(report, output);
  const nameOf = (path: string) => relative(join(folder, "packages"), path);
  const failures = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => ({
        file: nameOf(name),
        test: fullName,
        timedOut: failureMessages.every((message) => /^\w*Error: Test timed out in /.test(message)),
      })),
  );
  const broken = testResults.find(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((test) => test.status !== "failed"),
  );
  if (failures.length === 0 && broken !== undefined)
    throw new Error(`${nameOf(broken.name)} broke outside its tests: ${broken.message}`);
  return {
    files: testResults.map(({ name }) => nameOf(name)),
    failure: failures.find(({ timedOut }) => !timedOut) ?? failures[0],
  };
}

function parsed(report: string, output: string): Report {
  try {
    return JSON.parse(readFileSync(report, "utf8")) as Report;
  } catch {
    throw new Error(`vitest wrote no report: ${lastLines(output)}`);
  }
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly timedOut: boolean;
}

function vitest(folder: string, options: readonly string[]): Promise<Ended> {
  // What tests leave behind where they are killed goes with the copy.
  const temporary = join(folder, "node_modules/.tmp");
  mkdirSync(temporary, { recursive: true });
  const program = join(folder, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [program, ...options], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", CI: "true", TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
    // In a group of its own, which ends together.
    detached: process.platform !== "win32",
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill(child);
  }, LONGEST_RUN_MS);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, output, timedOut });
    });
  });
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}

function lastLines(output: string): string {
  return output.trim().split("\n").slice(-12).join("\n");
}
