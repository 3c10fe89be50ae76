// Moves the jobs of one file to another; prints each time it has looked at some more.
import { openSqliteStore } from "@turno/store-node";
import { move } from "@turno/core/move";

const [from = "", to = ""] = process.argv.slice(2);
const stores = [from, to].map((path) => openSqliteStore(path, { durability: "normal" }));
const [source, target] = stores as [(typeof stores)[0], (typeof stores)[0]];
await move(source, target, { onProgress: ({ copied }) => console.log(copied) });
await source.close();
await target.close();
console.log("moved");
