import { chmodSync, mkdirSync, statSync } from "node:fs";
import { storeErrorOf } from "../store-error-of.ts";

/** The directory beside a database for what its processes tell each other: locks and bells, and no data. */
export function sidecarOf(path: string): string {
  return `${path}-turno`;
}

/** Creates the directory where it is missing, for whoever may use the database. */
export function createSidecar(path: string): void {
  const folder = sidecarOf(path);
  try {
    const { mode } = statSync(path);
    // Who may read the database may look into the directory.
    if (mkdirSync(folder, { recursive: true }) !== undefined) {
      chmodSync(folder, (mode & 0o666) | ((mode & 0o444) >> 2));
    }
  } catch (error) {
    throw storeErrorOf(error, folder);
  }
}
