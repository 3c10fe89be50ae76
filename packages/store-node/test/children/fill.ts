// Adds large jobs until the store refuses; prints with what error, and whether that may pass.
import { StoreError } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { oneJob } from "../a-job.ts";

try {
  const store = openSqliteStore(process.argv[2] ?? "");
  for (let count = 0; count < 1_000; count++) {
    store.commit(oneJob({ payload: JSON.stringify("x".repeat(10_000)) }));
  }
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  console.log(error.code, error.transient, error.message);
}
