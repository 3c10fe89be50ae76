// Opens a queue, loses the right to write its file, and prints what an examination finds of that.
import { chmodSync } from "node:fs";
import { openSqliteStore } from "@turno/store-node";

const [path = ""] = process.argv.slice(2);
const store = openSqliteStore(path);
chmodSync(path, 0o400);
const { findings } = await store.examine();
console.log(JSON.stringify(findings.find(({ about }) => about === "permissions")));
