// Works on jobs of the type "number" until it is told to stop on stdin; prints each payload once it is completed.
import { Queue } from "@turno/core";
import { type OpenPostgresOptions, openPostgresStore } from "@turno/store-postgres";

const [url = "", options = "{}"] = process.argv.slice(2);
const queue = new Queue({
  store: await openPostgresStore(url, JSON.parse(options) as OpenPostgresOptions),
});
const worker = queue.work({ number: () => {} }, { concurrency: 3 });
worker.on("completed", ({ job }) => console.log(job.payload));
console.log("ready");

process.stdin.once("data", () => {
  void queue.close().then(() => process.exit());
});
