import type { Finding, Level } from "@turno/core";

/** Where a store keeps its jobs, and how safe they are there. */
export interface PersistenceReport {
  /** `memory`: gone with the page or process. `custom`: in a `Persistence` of yours. */
  readonly mode: "indexeddb" | "memory" | "custom";
  /** Whether other tabs of the origin can use the queue at the same time. */
  readonly tabs: "shared" | "single";
  /** Whether the browser has promised not to delete the origin's data when it needs room. */
  readonly persisted: boolean;
  /** How many bytes the origin may store in all, roughly; absent where the browser does not say. */
  readonly quota?: number;
  /** How many of them are used, for whatever. */
  readonly usage?: number;
}

export interface ReportOptions {
  /** Asks the browser first to keep the origin's data; some ask the user. Default: false. */
  readonly ask?: boolean | undefined;
}

/** What the browser says of the storage of this origin. */
export async function storageReport({ ask = false }: ReportOptions) {
  // Absent where the context is not secure, and outside of browsers.
  const storage = (globalThis.navigator as Partial<Navigator> | undefined)?.storage;
  if (storage === undefined) return { persisted: false };
  const persisted = ask ? await storage.persist() : await storage.persisted();
  const { quota, usage } = await storage.estimate();
  return {
    persisted,
    ...(quota !== undefined && { quota }),
    ...(usage !== undefined && { usage }),
  };
}

/** From so large a part of the quota on it is time to make room. */
const NEARLY_FULL = 0.9;

/** What the report says of how long the jobs will be kept. */
export function roomFinding({ mode, tabs, persisted, quota, usage }: PersistenceReport): Finding {
  const facts = {
    mode,
    tabs,
    persisted,
    ...(quota !== undefined && { quota }),
    ...(usage !== undefined && { usage }),
  };
  const finding = (level: Level, message: string, remedy?: string): Finding => ({
    about: "room",
    level,
    message,
    ...(remedy !== undefined && { remedy }),
    facts,
  });
  if (mode === "memory")
    return finding(
      "warning",
      "the jobs are in memory alone, and gone with it",
      "open the store with a name, so that they are kept",
    );
  if (usage !== undefined && quota !== undefined && usage >= quota * NEARLY_FULL)
    return finding(
      "warning",
      `the origin uses ${usage} of the ${quota} bytes that it may store`,
      "keep finished jobs for a shorter time, or delete other data of the origin",
    );
  return finding("good", "there is room");
}
