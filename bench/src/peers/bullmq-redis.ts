import { loadPeer } from "../installed.ts";
import type { Entry } from "../peer.ts";
import { bullMq } from "./bullmq.ts";

interface IoRedis {
  readonly Redis: new (url: string) => Redis;
}

interface Redis {
  config(order: "GET", name: string): Promise<readonly string[]>;
  quit(): Promise<unknown>;
}

export const BULLMQ_REDIS: readonly Entry[] = [
  // As in its documentation's first examples: finished jobs stay.
  entry("BullMQ on Redis", {}),
  // Finished jobs go. Nothing else it offers makes it faster; ioredis's automatic pipelines halve what a worker drains.
  entry("BullMQ on Redis tuned", { removeOnComplete: true }),
];

function entry(name: string, jobOptions: object): Entry {
  return {
    name,
    server: "redis",
    packages: ["bullmq", "ioredis"],
    open: async (setup) =>
      bullMq(setup, {
        durability: await redisDurability(setup.storage),
        connections: {
          queue: { url: setup.storage },
          // It refuses to work with less patience.
          worker: { url: setup.storage, maxRetriesPerRequest: null },
        },
        jobOptions,
      }),
  };
}

/** How durable a write is, as Redis says. */
async function redisDurability(url: string): Promise<string> {
  const { Redis }: IoRedis = await loadPeer("ioredis");
  const redis = new Redis(url);
  const setting = async (name: string) => (await redis.config("GET", name)).join(" ");
  try {
    return `${await setting("appendonly")}, ${await setting("save")}`;
  } finally {
    await redis.quit();
  }
}
