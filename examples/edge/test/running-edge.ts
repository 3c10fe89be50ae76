import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

const SERVE = fileURLToPath(new URL("../local/serve.ts", import.meta.url));

/** The example as `npm run edge` starts it. */
export class RunningEdge {
  output = "";
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;

  /** Resolves when it listens. */
  static async start(folder: string): Promise<RunningEdge> {
    const edge = new RunningEdge(folder);
    await vi.waitUntil(() => edge.output.includes("listening on "), { timeout: 30_000 });
    return edge;
  }

  private constructor(folder: string) {
    const options = ["--conditions=@turno/source", "--disable-warning=ExperimentalWarning"];
    const env = { ...process.env, FOLDER: folder, PORT: "0" };
    const child = spawn(process.execPath, [...options, SERVE], { env });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (this.output += text));
    this.#child = child;
    this.#exit = once(child, "close");
  }

  /** Kills workerd, which no signal can delay, and waits until all of it is gone. */
  async killWorkerd(): Promise<void> {
    const [, pid] = /the pid (\d+)/.exec(this.output) ?? [];
    process.kill(Number(pid), "SIGKILL");
    await this.#exit;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill("SIGTERM");
    await this.#exit;
  }

  post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#fetch(path, { method: "POST", body, headers });
  }

  async get(path: string): Promise<unknown> {
    return await (await this.#fetch(path, {})).json();
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const [base] = /http:\S+/.exec(this.output) ?? [];
    return fetch(new URL(path, base), init);
  }
}
