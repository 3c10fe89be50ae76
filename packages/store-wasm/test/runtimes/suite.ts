// Runs the conformance suite in whatever runtime runs this, and prints a line of JSON for each check.
import { MemoryStore } from "@turno/core";
import { openWasmStore } from "@turno/store-wasm";
import { type StoreUnderTest, storeChecks } from "@turno/testkit";

const SUBJECTS: Readonly<Record<string, StoreUnderTest>> = {
  MemoryStore: { open: () => new MemoryStore() },
  MemoryWasmStore: {
    open: () => openWasmStore({ persistence: "memory" }),
  },
};

for (const [store, subject] of Object.entries(SUBJECTS)) {
  for (const [topic, checks] of storeChecks(subject)) {
    for (const { name, run } of checks) {
      const error = await run().then(
        () => undefined,
        (thrown: unknown) => (thrown instanceof Error ? thrown.stack : String(thrown)),
      );
      console.log(JSON.stringify({ store, topic, name, error }));
    }
  }
}
