import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** A worker as workerd is to serve it. */
export interface ServedWorker {
  /** Where its configuration is written, and its objects' databases kept: `disk`, which outlives the process. */
  readonly folder: string;
  /** Names of files in `folder`; the first is the worker's own. */
  readonly modules: readonly string[];
  /** The classes of its Durable Objects: they are bound by these names, and keep SQLite. */
  readonly objects: readonly string[];
  /** Default: any that is free. */
  readonly port?: number;
  /** Told of what it prints. */
  readonly onOutput?: (text: string) => void;
}

/** A workerd that serves. */
export interface Workerd extends AsyncDisposable {
  readonly url: string;
  readonly pid: number | undefined;
  /** Resolves when it has ended, for whatever reason. */
  readonly gone: Promise<void>;
  /** What it has printed, errors of the worker's among it. */
  readonly output: () => string;
  /** Ends it as a crash would, and resolves when it is gone. */
  kill(): Promise<void>;
}

const COMPATIBILITY_DATE = "2026-11-01";

/** Why workerd does not run here; undefined where it does. */
export function workerdMissing(): string | undefined {
  const file = program();
  if (file === undefined) return `there is no workerd for ${process.platform}-${process.arch}`;
  // Asked, not assumed: where the C library is older, it is there and does not start.
  const { status, stderr, error } = spawnSync(file, ["--version"], { encoding: "utf8" });
  return status === 0 ? undefined : `workerd does not start: ${error?.message ?? stderr.trim()}`;
}

/** Starts workerd, and resolves once it listens on a port of the loopback. */
export async function startWorkerd(worker: ServedWorker): Promise<Workerd> {
  const file = program();
  if (file === undefined) throw new Error(workerdMissing());
  mkdirSync(join(worker.folder, "disk"), { recursive: true });
  writeFileSync(join(worker.folder, "config.capnp"), configOf(worker));
  const child = spawn(file, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: worker.folder,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const gone = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      worker.onOutput?.(text);
    });
  const port = await Promise.race([portOf(child), gone.then(() => undefined)]);
  if (port === undefined) throw new Error(`workerd ended before it listened: ${printed}`);
  const kill = async () => {
    child.kill("SIGKILL");
    await gone;
  };
  return {
    url: `http://127.0.0.1:${port}/`,
    pid: child.pid,
    gone,
    output: () => printed,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

/** The program itself: what `workerd` puts on the PATH is a script around it, which a signal would end alone. */
function program(): string | undefined {
  const arch = { x64: "64", arm64: "arm64" }[process.arch as string];
  const own = `@cloudflare/workerd-${process.platform}-${arch}/bin/workerd`;
  try {
    const file = createRequire(require.resolve("workerd/package.json")).resolve(own);
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

const require = createRequire(import.meta.url);

/** It says so on its fourth channel, since the number of a free port is not known before. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    let said = "";
    child.stdio[3]?.on("data", (text: Buffer) => {
      said += text.toString();
      for (const line of said.split("\n").slice(0, -1)) {
        const { event, port } = JSON.parse(line) as { event?: string; port?: number };
        if (event === "listen" && port !== undefined) resolve(port);
      }
    });
  });
}

function configOf({ modules, objects, port = 0 }: ServedWorker): string {
  const list = <T>(items: readonly T[], text: (item: T) => string) =>
    items.map(text).join(",\n    ");
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "disk", disk = (path = "disk", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);

const main :Workerd.Worker = (
  compatibilityDate = "${COMPATIBILITY_DATE}",
  modules = [
    ${list(modules, (name) => `(name = "${name}", ${kindOf(name)} = embed "${name}")`)}
  ],
  durableObjectNamespaces = [
    ${list(objects, (name) => `(className = "${name}", uniqueKey = "${name}", enableSql = true)`)}
  ],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [
    ${list(objects, (name) => `(name = "${name}", durableObjectNamespace = "${name}")`)}
  ]
);
`;
}

function kindOf(name: string): string {
  return name.endsWith(".wasm") ? "wasm" : "esModule";
}
