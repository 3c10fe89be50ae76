import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Installation, installPackages } from "./install-packages.ts";

/** What Debian's scripts read before they create a cluster. */
const FOLDER = "/etc/postgresql-common/createcluster.d";
const FILE = join(FOLDER, "turno.conf");

/**
 * Installs Postgres for its programs alone. By itself the package would also create a cluster and start it on port 5432
 * now and whenever the machine starts.
 */
export async function installWithoutMainCluster(order: Installation): Promise<string | undefined> {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(FILE, "create_main_cluster = false\n");
  try {
    return await installPackages(order);
  } finally {
    // Whoever installs another version later may want its cluster.
    rmSync(FILE, { force: true });
  }
}
