import type { HostileSubject } from "./scene.ts";

/** Promises by their sentences; each rejects where an input breaks it. */
export type HostileProperties = Readonly<
  Record<string, (subject: HostileSubject) => Promise<void>>
>;
