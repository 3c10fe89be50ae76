// A process of its own, of which main.ts starts two: it hashes files until its parent is done, or is gone.
import { hashFile } from "./hash-file.ts";
import { Inventory } from "./inventory.ts";
import { kindOf } from "./kind.ts";
import { fromStored } from "./stored-path.ts";
import { joined } from "./walk.ts";

const inventory = new Inventory(process.argv[2] ?? "");
const { db, queue, directory } = inventory;

const worker = queue.work(
  {
    "hash-file": async (job) => {
      const path = fromStored(job.payload);
      const { size, sha256, start } = await hashFile(joined(directory, path), job.signal);
      const kind = kindOf(path, start);
      // In one transaction: the file has its row if and only if its job is done, whenever this process is killed.
      return db
        .transaction(() => {
          inventory.add({ path, size, kind, sha256 });
          return queue.within(db).complete(job);
        })
        .immediate();
    },
  },
  { concurrency: 8, graceMs: 1_000 },
);

// The channel to the parent closes when the parent wants this process to end, and when the parent is gone.
process.once("disconnect", () => void worker.stop());
if (!process.connected) void worker.stop();
process.once("SIGTERM", () => void worker.stop());
// Ctrl-C reaches every process of the terminal. This one waits for what its parent says.
process.on("SIGINT", () => {});

await worker.stopped;
await inventory.close();
