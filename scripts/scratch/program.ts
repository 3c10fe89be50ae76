import * as core from "@turno/core";
import * as storeNode from "@turno/store-node";
import * as storeSqlite from "@turno/store-sqlite";
import * as storeWasm from "@turno/store-wasm";

const packages = { core, storeSqlite, storeNode, storeWasm };
for (const [name, exported] of Object.entries(packages)) {
  console.log(`${name}: ${Object.keys(exported).join(", ") || "nothing yet"}`);
}
console.log(`imported with Node ${process.version}`);
