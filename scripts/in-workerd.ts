import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, type TestContext, vi } from "vitest";
import { bundleProgram, type BundleOptions } from "./bundle-program.ts";
import { startWorkerd, type Workerd, workerdMissing } from "./workerd.ts";

interface Program extends BundleOptions {
  /** The worker's file. */
  readonly entry: URL;
  /** The classes of its Durable Objects. */
  readonly objects: readonly string[];
  /** Modules beside the worker's own, and where they lie. */
  readonly files?: Readonly<Record<string, string>>;
}

const missing = workerdMissing();

/** A worker in a real workerd, for the tests of one file; they are skipped where there is none. */
export class InWorkerd {
  readonly #program: Program;
  #folder = "";
  #workerd: Workerd | undefined;

  constructor(program: Program) {
    this.#program = program;
    // On a busy machine a start alone takes seconds; and what is waited for has a limit of its own.
    vi.setConfig({ testTimeout: 90_000 });
    beforeAll(() => this.#setUp(), 60_000);
    afterAll(() => this.#tearDown());
  }

  get workerd(): Workerd {
    if (this.#workerd === undefined) throw new Error("workerd does not run");
    return this.#workerd;
  }

  /** Skips the test where there is no workerd. */
  need({ skip }: TestContext): void {
    skip(missing !== undefined, missing);
  }

  /** Kills workerd, and starts it on the same disk. */
  async restart(): Promise<void> {
    await this.workerd.kill();
    await this.#start();
  }

  /** Answers with what the worker does, as JSON; throws with its words where it fails. */
  async ask<Answer>(path: string, body: unknown): Promise<Answer> {
    const url = new URL(path, this.workerd.url);
    const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${text}\n${this.workerd.output()}`);
    return JSON.parse(text) as Answer;
  }

  async #setUp(): Promise<void> {
    if (missing !== undefined) return;
    const { entry, files = {}, ...options } = this.#program;
    this.#folder = mkdtempSync(join(tmpdir(), "turno-workerd-"));
    await bundleProgram(fileURLToPath(entry), this.#folder, options);
    for (const [name, file] of Object.entries(files)) copyFileSync(file, join(this.#folder, name));
    await this.#start();
  }

  async #start(): Promise<void> {
    const { entry, objects, files = {} } = this.#program;
    this.#workerd = await startWorkerd({
      folder: this.#folder,
      modules: [`${basename(entry.pathname, ".ts")}.js`, ...Object.keys(files)],
      objects,
    });
  }

  async #tearDown(): Promise<void> {
    await this.#workerd?.kill();
    if (this.#folder !== "") rmSync(this.#folder, { recursive: true, force: true });
  }
}
