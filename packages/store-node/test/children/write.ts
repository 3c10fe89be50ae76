// Adds jobs one by one, each under its own type, and goes on while the file is busy; prints how many were stored.
import { setTimeout as sleep } from "node:timers/promises";
import { StoreBusy } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { oneJob } from "../a-job.ts";

const [path = "", type = "", count = "100", durability = "full"] = process.argv.slice(2);
const store = openSqliteStore(path, { durability: durability as "full" | "normal" });
let stored = 0;
while (stored < Number(count)) {
  try {
    stored += store.commit(oneJob({ type })).added.length;
  } catch (error) {
    if (!(error instanceof StoreBusy)) throw error;
    await sleep(Math.random() * 5);
  }
}
await store.close();
console.log(stored);
