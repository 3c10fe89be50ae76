// Prints the workers whenever they are seen otherwise than before, without their beats.
import { openSqliteStore } from "@turno/store-node";

const store = openSqliteStore(process.argv[2] ?? "");
let before = "";
setInterval(() => {
  const seen = JSON.stringify(store.workers().map(({ id, gone }) => ({ id, gone })));
  if (seen !== before) console.log(seen);
  before = seen;
}, 5);
