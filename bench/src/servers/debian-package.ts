import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

/** Installing takes longer where another installation is under way. */
const INSTALL_MS = 300_000;

export function isDebianRoot(): boolean {
  return existsSync("/etc/debian_version") && process.getuid?.() === 0;
}

/** Installs a package of Debian; what apt-get says where it fails. */
export async function installDebianPackage(name: string): Promise<string | undefined> {
  process.stderr.write(`bench: installing ${name}, a package of Debian …\n`);
  const install = ["install", "--yes", "--no-install-recommends", name];
  if ((await apt(install)) === undefined) return undefined;
  // A fresh machine knows of no packages before it has asked.
  return (await apt(["update"])) ?? (await apt(install));
}

async function apt(order: readonly string[]): Promise<string | undefined> {
  const options = ["-o", `DPkg::Lock::Timeout=${INSTALL_MS / 1_000}`, ...order];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await promisify(execFile)("apt-get", options, { env, timeout: INSTALL_MS });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}
