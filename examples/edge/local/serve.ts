// The worker on this machine: npm run edge. FOLDER keeps the objects' databases, PORT is 8787 where none is given.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleProgram } from "../../../scripts/bundle-program.ts";
import { startWorkerd } from "../../../scripts/workerd.ts";

const { FOLDER = "edge-data", PORT = "8787" } = process.env;

const folder = resolve(FOLDER);
await bundleProgram(fileURLToPath(new URL("../src/worker.ts", import.meta.url)), folder);
const workerd = await startWorkerd({
  folder,
  modules: ["worker.js"],
  objects: ["Desk"],
  port: Number(PORT),
  onOutput: (text) => process.stdout.write(text),
});
console.log(`listening on ${workerd.url} (workerd has the pid ${workerd.pid})`);

// What runs now runs again at the next start: there is nothing to wait for.
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.once(signal, () => void workerd.kill());
await workerd.gone;
console.log("stopped");
