import { statfsSync } from "node:fs";
import { dirname } from "node:path";

/** By the numbers that Linux gives them (`f_type` of statfs). FUSE is missing: most of what it mounts is local. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB"],
  [0xff534d42, "SMB"],
  [0x01021997, "9p"],
  [0x00c36400, "Ceph"],
  [0x5346414f, "AFS"],
  [0x73757245, "Coda"],
  [0x0bd00bd0, "Lustre"],
]);

/**
 * Warns, once for each path, where other machines may have the file too. It is no refusal: where one machine alone opens
 * it, as in a container for development, it works, and nothing in the file system tells how many there are.
 */
export function warnOfNetworkFileSystem(path: string): void {
  if (warnedOf.has(path)) return;
  const name = networkFileSystemOf(path);
  if (name === undefined) return;
  warnedOf.add(path);
  process.emitWarning(`${path} is on a network file system (${name})`, {
    type: "TurnoWarning",
    code: "TURNO_NETWORK_FILE_SYSTEM",
    detail:
      "SQLite's write-ahead log and Turno's signs of life need memory and locks that all processes share. Keep the " +
      "file to one machine, or better, put it on a local disk: two machines damage it.",
  });
}

const warnedOf = new Set<string>();

/** The name of the network file system that the file is on; undefined where it is on none that is known. */
function networkFileSystemOf(path: string): string | undefined {
  // Elsewhere the numbers are others, or missing.
  if (process.platform !== "linux") return undefined;
  try {
    return NETWORK_FILE_SYSTEMS.get(statfsSync(dirname(path)).type >>> 0);
  } catch {
    // Some sandboxes know no statfs. What is wrong with the directory is told when the file is opened.
    return undefined;
  }
}
