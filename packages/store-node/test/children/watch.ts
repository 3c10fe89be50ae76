// Watches the queue, and lives until it is killed.
import { openSqliteStore } from "@turno/store-node";

openSqliteStore(process.argv[2] ?? "").watch?.(() => console.log("woken"));
console.log("watching");
setInterval(() => {}, 1_000);
