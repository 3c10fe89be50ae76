import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, type TestContext } from "vitest";
import { bundleForWorkerd } from "../../../scripts/bundle-for-workerd.ts";
import { startWorkerd, type Workerd, workerdMissing } from "../../../scripts/workerd.ts";

const missing = workerdMissing();

/** A worker of this folder in a real workerd, for the tests of one file; they are skipped where there is none. */
export class InWorkerd {
  readonly #name: string;
  readonly #objects: readonly string[];
  readonly #files: Readonly<Record<string, string>>;
  #folder = "";
  #workerd: Workerd | undefined;

  /** `files` are modules beside the worker's own, and where they lie. */
  constructor(
    name: string,
    objects: readonly string[],
    files: Readonly<Record<string, string>> = {},
  ) {
    this.#name = name;
    this.#objects = objects;
    this.#files = files;
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
    this.#folder = mkdtempSync(join(tmpdir(), "turno-workerd-"));
    await bundleForWorkerd(workerFile(`${this.#name}.ts`), this.#folder, {
      alias: { vitest: workerFile("expect.ts") },
    });
    for (const [name, file] of Object.entries(this.#files))
      copyFileSync(file, join(this.#folder, name));
    await this.#start();
  }

  async #start(): Promise<void> {
    this.#workerd = await startWorkerd({
      folder: this.#folder,
      modules: ["worker.js", ...Object.keys(this.#files)],
      objects: this.#objects,
    });
  }

  async #tearDown(): Promise<void> {
    await this.#workerd?.kill();
    if (this.#folder !== "") rmSync(this.#folder, { recursive: true, force: true });
  }
}

function workerFile(name: string): string {
  return fileURLToPath(new URL(`worker/${name}`, import.meta.url));
}
