import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = new URL("tools/", import.meta.url);

/** Why there are no tools, or undefined; the first time they are installed. */
export function toolsMissing(): string | undefined {
  if (isInstalled()) return undefined;
  process.stderr.write("turno: installing what store-wasm is bundled with in tests …\n");
  const { status, stderr, error } = spawnSync(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"],
    { cwd: fileURLToPath(folder), encoding: "utf8", shell: process.platform === "win32" },
  );
  if (status === 0) return undefined;
  return `\`npm ci\` in packages/store-wasm/test/loading/tools failed; it needs npm and a way to its registry: ${error?.message ?? stderr.split("\n")[0]}`;
}

/** Imports a tool. */
export async function loadTool<Tool>(name: string): Promise<Tool> {
  const module: { default: Tool } = await import(pathToFileURL(require.resolve(name)).href);
  return module.default;
}

/** Deno's program; undefined where there is none for this machine. */
export function deno(): string | undefined {
  return program("@deno/linux-x64-glibc/deno");
}

/** Bun's program; undefined where there is none for this machine. */
export function bun(): string | undefined {
  return program("@oven/bun-linux-x64/bin/bun");
}

function program(path: string): string | undefined {
  const file = fileURLToPath(new URL(`node_modules/${path}`, folder));
  return existsSync(file) ? file : undefined;
}

const require = createRequire(new URL("package.json", folder));

function isInstalled(): boolean {
  const tools: Record<string, string> = read("package.json").dependencies;
  return Object.entries(tools).every(([name, version]) => {
    const file = `node_modules/${name}/package.json`;
    return existsSync(new URL(file, folder)) && read(file).version === version;
  });
}

function read(path: string) {
  return JSON.parse(readFileSync(new URL(path, folder), "utf8"));
}
