import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = new URL("../peers/", import.meta.url);

/** The packages that Turno is measured beside, and in which versions. */
export const PACKAGES: Readonly<Record<string, string>> = read("package.json").dependencies;

/** Installs the peers the first time; says so on stderr, and also that it could not. */
export function installPeers(): void {
  if (isInstalled()) return;
  console.error("bench: installing the peers of bench/peers/package-lock.json …");
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: fileURLToPath(folder),
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  console.error(
    "bench: that failed (`npm ci` in bench/peers); it needs npm and a way to its registry. Going on without them.",
  );
}

/** The module of a peer. Rejects where it is not installed. */
export async function loadPeer(name: string) {
  return import(pathToFileURL(resolvePeer(name)).href);
}

function resolvePeer(name: string): string {
  const require = createRequire(new URL("package.json", folder));
  try {
    return require.resolve(name);
  } catch (cause) {
    throw new Error(`${name} is not installed in bench/peers`, { cause });
  }
}

function isInstalled(): boolean {
  return Object.entries(PACKAGES).every(([name, version]) => {
    const file = `node_modules/${name}/package.json`;
    return existsSync(new URL(file, folder)) && read(file).version === version;
  });
}

function read(path: string) {
  return JSON.parse(readFileSync(new URL(path, folder), "utf8"));
}
