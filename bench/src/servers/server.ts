import { startPostgres } from "../../../scripts/servers/postgres.ts";
import { startRedis } from "../../../scripts/servers/redis.ts";

/** A database server of the bench's own: on loopback, in a temporary folder, at its default settings. */
export interface Server {
  /** The URL of an empty database; those given before are deleted, with all who are still connected. */
  fresh(): Promise<string>;
  /** CPU seconds used so far by all its processes, living and ended; NaN where there is no /proc. */
  cpuSeconds(): number;
  /** What its living processes hold now, memory that they share counted once; NaN where there is no /proc. */
  memoryBytes(): number;
  readonly version: string;
  /** Resolves once its processes have ended and its folder is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a server that ends with this process at the latest. On Debian root installs it first where it is missing;
 * otherwise rejects with what is missing and how to get it.
 */
export async function startServer(kind: "redis" | "postgres"): Promise<Server> {
  return kind === "redis" ? startRedis("bench") : startPostgres({ by: "bench" });
}
