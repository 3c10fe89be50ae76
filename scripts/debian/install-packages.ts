import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Installation {
  readonly packages: readonly string[];
  /** What is told before: "chromium, in which …". */
  readonly what: string;
  /** Whoever tells it; default: turno. */
  readonly by?: string | undefined;
  /** Default: five minutes. It takes longer where another installation is under way. */
  readonly limitMs?: number | undefined;
  /** A file that lies there meanwhile, for the packages' own scripts to read. */
  readonly meanwhile?: { readonly file: string; readonly text: string } | undefined;
}

const LIMIT_MS = 300_000;

/** The shell sees to it, since it goes on where this process is ended. */
const MEANWHILE = `mkdir -p "$(dirname "$1")" && printf '%s' "$2" >"$1" && trap 'rm -f "$1"' EXIT;`;

/** Whether packages can be installed without asking: on Debian, by root. So a fresh machine of CI has them. */
export function isDebianRoot(): boolean {
  return isDebian() && process.getuid?.() === 0;
}

export function isDebian(): boolean {
  return existsSync("/etc/debian_version");
}

/** By what command root gets them. */
export function installCommand(packages: readonly string[]): string {
  return `apt-get install --yes --no-install-recommends ${packages.join(" ")}`;
}

/** Installs packages of Debian, and says so before; what apt-get says where it fails. */
export async function installPackages(order: Installation): Promise<string | undefined> {
  const { packages, what, by = "turno", limitMs = LIMIT_MS, meanwhile } = order;
  process.stderr.write(`${by}: installing ${what} …\n`);
  const install = installCommand(packages).replace(
    "apt-get",
    `apt-get -o DPkg::Lock::Timeout=${Math.round(limitMs / 1_000)}`,
  );
  // A fresh machine knows of no packages before it has asked.
  const script = `${meanwhile ? MEANWHILE : ""} ${install} || { apt-get update && ${install}; }`;
  const words = meanwhile ? [meanwhile.file, meanwhile.text] : [];
  // Several processes may want something at once, and apt-get itself waits for a part of its locks only.
  const lock = join(tmpdir(), "turno-debian.lock");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    const args = [lock, "sh", "-c", script, "sh", ...words];
    await promisify(execFile)("flock", args, { env, timeout: limitMs });
    return undefined;
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr?.trim().split("\n").at(-1);
    return said || (error instanceof Error ? error.message.trim() : String(error));
  }
}
