// Starts a worker that takes the job and never ends it.
import { Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";

const queue = new Queue({ store: openSqliteStore(process.argv[2] ?? "") });
queue.work({
  mail: () => {
    console.log("started");
    return new Promise(() => setInterval(() => {}, 1_000));
  },
});
