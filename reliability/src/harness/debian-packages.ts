import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

/** Installing takes longer where another installation is under way. */
const INSTALL_MS = 60_000;

/** Installs packages where that can be done without asking: on Debian, by root. So a fresh machine of CI has them. */
export async function installOnDebian(packages: readonly string[], what: string): Promise<void> {
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0) return;
  say(`installing ${what} …`);
  if ((await apt("install", packages)) === undefined) return;
  // A fresh machine knows of no packages before it has asked.
  const failure = (await apt("update", [])) ?? (await apt("install", packages));
  if (failure !== undefined) say(failure);
}

/** What apt-get says where it fails. */
async function apt(
  order: "install" | "update",
  packages: readonly string[],
): Promise<string | undefined> {
  const what = order === "install" ? ["--yes", "--no-install-recommends", ...packages] : [];
  const options = ["-o", `DPkg::Lock::Timeout=${INSTALL_MS / 1_000}`, order, ...what];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await promisify(execFile)("apt-get", options, { env, timeout: INSTALL_MS });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

function say(words: string): void {
  process.stderr.write(`turno: ${words}\n`);
}
