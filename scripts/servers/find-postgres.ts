import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { installWithoutMainCluster } from "../debian/without-main-cluster.ts";
import { type Found, findProgram } from "../find-program.ts";

/** Debian keeps the programs of each version in a folder of their own, off the PATH. */
const VERSIONS = "/usr/lib/postgresql";

/** The program `postgres`, with the others of its version beside it. On Debian root installs it first where it is missing. */
export async function findPostgres(by?: string): Promise<Found> {
  return await findProgram({
    names: ["postgres"],
    debianPackage: "postgresql",
    folders,
    by,
    install: installWithoutMainCluster,
  });
}

function folders(): string[] {
  if (!existsSync(VERSIONS)) return [];
  const newestFirst = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => join(VERSIONS, version, "bin"));
}
