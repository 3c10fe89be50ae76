import { openWasmStore } from "@turno/store-wasm";
import { hostileSuite } from "@turno/testkit";

/** For a long campaign: HOSTILE_RUNS=10000 HOSTILE_SEED=7. */
const { HOSTILE_RUNS, HOSTILE_SEED } = process.env;

hostileSuite("sql.js", {
  runs: Number(HOSTILE_RUNS ?? 10),
  seed: Number(HOSTILE_SEED ?? 1),
  opening: {
    options: ["persistence", "name", "image", "table", "random"],
    open: (_, options) => openWasmStore(options as { persistence: "memory" }),
  },
  open: () => openWasmStore({ persistence: "memory" }),
});
