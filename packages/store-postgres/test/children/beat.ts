// Joins as a worker that beats, and prints its number. What it reads on stdin: "block" holds its event loop up for 2 s;
// "be late" does so for 4 s, though its handler may take no more than 0.3 s.
import { openPostgresStore } from "@turno/store-postgres";

const [url = "", schema = ""] = process.argv.slice(2);
const store = await openPostgresStore(url, { schema });
const worker = await store.join({ leaseMs: 600 });
const heart = store.heart?.(worker, { everyMs: 100, onReply: () => {}, onError: () => {} });
console.log(worker);

process.stdin.on("data", (order) => {
  const isLate = String(order).startsWith("be late");
  if (isLate) heart?.silenceIn(300);
  const end = performance.now() + (isLate ? 4_000 : 2_000);
  while (performance.now() < end);
  heart?.silenceIn(undefined);
  console.log("done");
});
