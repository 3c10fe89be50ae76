import type { Entry } from "../peer.ts";
import { postgresDurability } from "../servers/ask-postgres.ts";
import { bullMq } from "./bullmq.ts";

export const BULLMQ_POSTGRES: readonly Entry[] = [
  // As in its documentation's first examples: finished jobs stay.
  entry("BullMQ on Postgres", {}),
  // Finished jobs go, as its tuning tips say. A pool larger than the 10 that it has was slower on two cores.
  entry("BullMQ on Postgres tuned", { removeOnComplete: true }),
];

function entry(name: string, jobOptions: object): Entry {
  return {
    name,
    server: "postgres",
    packages: ["bullmq", "pg"],
    open: async (setup) =>
      bullMq(setup, {
        durability: await postgresDurability(setup.storage),
        connections: {
          queue: { connectionString: setup.storage, migrate: true },
          worker: { connectionString: setup.storage },
        },
        jobOptions,
        backend: "createPostgresBackend",
      }),
  };
}
