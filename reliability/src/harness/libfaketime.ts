import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** Where distributions put libraries; in some a folder of the architecture lies between. */
const ROOTS = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];
const LIBRARY = "faketime/libfaketimeMT.so.1";

/** Installing takes longer where another installation is under way. */
const INSTALL_MS = 60_000;

/**
 * The path of libfaketime, which sets the wall clock of single processes; undefined where it is missing. On Debian,
 * root installs it first: so a fresh machine of CI has it.
 */
export async function libfaketime(): Promise<string | undefined> {
  const found = find();
  if (found !== undefined || !isDebianRoot()) return found;
  say("installing libfaketime, which sets the clocks of processes …");
  if ((await apt("install")) === undefined) return find();
  // A fresh machine knows of no packages before it has asked.
  const failure = (await apt("update")) ?? (await apt("install"));
  if (failure !== undefined) say(failure);
  return find();
}

function find(): string | undefined {
  const folders = ROOTS.filter((root) => existsSync(root)).flatMap((root) => [
    root,
    ...readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(root, name)),
  ]);
  return folders.map((folder) => join(folder, LIBRARY)).find((file) => existsSync(file));
}

function isDebianRoot(): boolean {
  return existsSync("/etc/debian_version") && process.getuid?.() === 0;
}

/** What apt-get says where it fails. */
async function apt(order: "install" | "update"): Promise<string | undefined> {
  const what = order === "install" ? ["--yes", "--no-install-recommends", "libfaketime"] : [];
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
