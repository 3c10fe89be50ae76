import { defineJobs, json, Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { type Contestant, payload } from "../contestant.ts";

const jobs = defineJobs({ noop: { payload: json<ReturnType<typeof payload>>() } });

/** Turno over better-sqlite3, with all its defaults but the durability. */
export function turno(file: string, durability: "full" | "normal"): Contestant {
  const queue = new Queue({ store: openSqliteStore(file, { durability }), jobs });
  return {
    async enqueueAwaiting(n) {
      let next = 0;
      const produce = async () => {
        while (next < n) await queue.enqueue("noop", payload(next++));
      };
      await Promise.all(Array.from({ length: 100 }, produce));
    },
    async fill(n) {
      for (let from = 0; from < n; from += 1_000) {
        const count = Math.min(1_000, n - from);
        await queue.enqueueMany(
          Array.from({ length: count }, (_, i) => ({ type: "noop", payload: payload(from + i) })),
        );
      }
    },
    async drain(n) {
      let completed = 0;
      const worker = queue.work({ noop: async () => {} }, { concurrency: 100 });
      await new Promise<void>((resolve) => {
        worker.on("completed", () => {
          if (++completed === n) resolve();
        });
      });
      await worker.stop();
    },
    close: () => queue.close(),
  };
}
