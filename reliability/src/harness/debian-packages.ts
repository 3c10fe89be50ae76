import { installPackages, isDebianRoot } from "../../../scripts/debian/install-packages.ts";

/** No scenario waits longer for what it can do without. */
const LIMIT_MS = 60_000;

/** Installs packages where that can be done without asking, and says where it failed. */
export async function installOnDebian(packages: readonly string[], what: string): Promise<void> {
  if (!isDebianRoot()) return;
  const failure = await installPackages({ packages, what, limitMs: LIMIT_MS });
  if (failure !== undefined) process.stderr.write(`turno: ${failure}\n`);
}
