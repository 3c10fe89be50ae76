import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { raw } from "./contestants/raw.ts";
import { turno } from "./contestants/turno.ts";

/** One test of one contestant, in a process and a file of its own; prints the jobs a second. */
const [contestant, durability, test, count] = process.argv.slice(2);
const n = Number(count);
const folder = mkdtempSync(join(tmpdir(), "turno-bench-"));
try {
  const open = contestant === "raw" ? raw : turno;
  const one = open(join(folder, "queue.db"), durability === "full" ? "full" : "normal");
  if (test === "drain") await one.fill(n);
  const before = performance.now();
  await (test === "drain" ? one.drain(n) : one.enqueueAwaiting(n));
  const seconds = (performance.now() - before) / 1_000;
  await one.close();
  console.log(Math.round(n / seconds));
} finally {
  rmSync(folder, { recursive: true });
}
