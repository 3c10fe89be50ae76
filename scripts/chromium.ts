import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** A Chromium that can be started, or why there is none and how to get one. */
export type Chromium =
  | { readonly path: string; readonly missing?: undefined }
  | { readonly path?: undefined; readonly missing: string };

/** With what a Chromium is started in tests: without a window, and without a word to anybody. */
export const CHROMIUM_FLAGS: readonly string[] = [
  "--headless",
  // Its sandbox refuses to start for root, and in most containers.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Some 110 MB come over the network. */
const INSTALL_MS = 600_000;

const DEBIAN_INSTALL = "apt-get install --yes --no-install-recommends chromium";

/** The Chromium of this machine. On Debian root installs it first where it is missing: so a fresh machine of CI has it. */
export async function chromium(): Promise<Chromium> {
  const found = findChromium();
  if (found.path !== undefined || !isDebianRoot()) return found;
  say("installing Chromium, in which the tests for browsers run (a minute or so) …");
  const failure = await install();
  const installed = findChromium();
  if (installed.path !== undefined || failure === undefined) return installed;
  return { missing: `${installed.missing}; ${DEBIAN_INSTALL} failed: ${failure}` };
}

function findChromium(): Chromium {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const folder of folders.filter((it) => it !== "")) {
    for (const name of NAMES) {
      const file = join(folder, name);
      if (isProgram(file)) return { path: file };
    }
  }
  return { missing: `there is no Chromium on the PATH (${NAMES.join(", ")}); ${howToGetIt()}` };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function howToGetIt(): string {
  return existsSync("/etc/debian_version")
    ? `get it by ${DEBIAN_INSTALL}`
    : "install one, and put its folder on the PATH";
}

function isDebianRoot(): boolean {
  return existsSync("/etc/debian_version") && process.getuid?.() === 0;
}

/** What the installation says where it fails. */
async function install(): Promise<string | undefined> {
  const [program = ""] = NAMES;
  // Several test files may want it at once: who comes second waits for the first, and then has nothing to do.
  const script = `command -v ${program} >/dev/null || { apt-get update && ${DEBIAN_INSTALL}; }`;
  const lock = join(tmpdir(), "turno-chromium.lock");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await promisify(execFile)("flock", [lock, "sh", "-c", script], { env, timeout: INSTALL_MS });
    return undefined;
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr?.trim().split("\n").at(-1);
    return said || (error instanceof Error ? error.message.trim() : String(error));
  }
}

function say(words: string): void {
  process.stderr.write(`turno: ${words}\n`);
}
