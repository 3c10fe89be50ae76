import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Found, findProgram } from "../find-program.ts";

/** Debian keeps the programs of each version in a folder of their own, off the PATH. */
const VERSIONS = "/usr/lib/postgresql";

/** By itself the package would also create a cluster, and start it on port 5432 now and with the machine. */
const NO_CLUSTER = {
  file: "/etc/postgresql-common/createcluster.d/turno.conf",
  text: "create_main_cluster = false\n",
};

/** The program `postgres`, with the others of its version beside it. On Debian root installs it first where it is missing. */
export async function findPostgres(by?: string): Promise<Found> {
  return await findProgram({
    names: ["postgres"],
    debianPackage: "postgresql",
    folders,
    by,
    meanwhile: NO_CLUSTER,
  });
}

function folders(): string[] {
  if (!existsSync(VERSIONS)) return [];
  const newestFirst = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => join(VERSIONS, version, "bin"));
}
