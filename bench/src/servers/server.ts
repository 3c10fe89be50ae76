/** A server on loopback that the bench has started for itself. */
export interface Server {
  /** The URL of a fresh, empty database. */
  fresh(): Promise<string>;
  /** What the server has used so far with all its processes. */
  cpuSeconds(): number;
  /** What is resident of it. */
  memoryBytes(): number;
  readonly version: string;
  stop(): Promise<void>;
}

/** Starts a server. Rejects with a reason where it cannot be run. */
export async function startServer(kind: "redis" | "postgres"): Promise<Server> {
  throw new Error(`the bench cannot start ${kind} yet`);
}
