import { setTimeout as sleep } from "node:timers/promises";
import type { PostgresStore } from "@turno/store-postgres";
import pg from "pg";
import type { PostgresPlace } from "../processes/options.ts";
import { overridden } from "./overridden.ts";

/** How long what was acknowledged is not committed yet. */
const LATE_MS = 100;

/** A store that acknowledges new jobs before the server has said that their transaction is committed. */
export async function acknowledgingBeforeCommit(
  store: PostgresStore,
  { url }: PostgresPlace,
): Promise<PostgresStore> {
  const pool = new pg.Pool({ connectionString: url, allowExitOnIdle: true });
  pool.on("error", () => {});
  const commitLate = async (client: pg.PoolClient) => {
    await sleep(LATE_MS);
    await client.query("COMMIT");
    client.release();
  };
  return overridden(store, {
    commit: async (write) => {
      if (write.add === undefined || write.add.length === 0) return await store.commit(write);
      const client = await pool.connect();
      client.once("error", () => {});
      await client.query("BEGIN");
      const committed = await store.within(client).commit(write);
      commitLate(client).catch(() => client.release(true));
      return committed;
    },
  });
}
