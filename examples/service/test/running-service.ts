import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** The service as a real process. */
export class RunningService {
  readonly path: string;
  /** What it has printed so far. */
  output = "";
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;

  /** Resolves when it listens. */
  static async start(path: string): Promise<RunningService> {
    const service = new RunningService(path);
    await service.says("listening on ");
    return service;
  }

  constructor(path: string) {
    this.path = path;
    const options = ["--conditions=@turno/source", "--disable-warning=ExperimentalWarning"];
    const env = { ...process.env, DATABASE: path, PORT: "0" };
    const child = spawn(process.execPath, [...options, MAIN], { env });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (this.output += text));
    this.#child = child;
    this.#exit = once(child, "close");
  }

  async says(text: string): Promise<void> {
    await vi.waitUntil(() => this.output.includes(text), { timeout: 20_000, interval: 20 });
  }

  get(path: string): Promise<Response> {
    return this.#fetch(path, {});
  }

  delete(path: string): Promise<Response> {
    return this.#fetch(path, { method: "DELETE" });
  }

  post(path: string, body: unknown): Promise<Response> {
    return this.#fetch(path, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  /** Its exit code. */
  async stop(signal: NodeJS.Signals): Promise<unknown> {
    this.#child.kill(signal);
    const [code] = await this.#exit;
    return code;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const [base] = /http:\S+/.exec(this.output) ?? [];
    return fetch(new URL(path, base), init);
  }
}
