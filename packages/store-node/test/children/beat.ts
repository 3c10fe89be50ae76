// Joins, beats, and prints the number of its worker; then lives until it is told to exit, or is killed.
import { openSqliteStore } from "@turno/store-node";

const [path = "", everyMs = "20"] = process.argv.slice(2);
const store = openSqliteStore(path);
const worker = await store.join({ leaseMs: 30_000 });
store.heart?.(worker, {
  everyMs: Number(everyMs),
  onReply: () => {},
  onError: (error) => console.error(error),
});
console.log(worker);
process.stdin.once("data", (line) => {
  if (String(line).trim() === "exit") process.exit(0);
  process.stdin.unref();
});
