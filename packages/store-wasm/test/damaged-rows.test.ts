import { openWasmStore } from "@turno/store-wasm";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadWasm } from "../src/loading/load-wasm.ts";
import { startSqlJs } from "../src/loading/start-sql-js.ts";
import { aJob } from "./a-job.ts";

describe("rows that somebody has damaged in an image", () => {
  it.each([
    "payload = NULL",
    "payload = printf('%.*c', 5000000, '1')",
    "backoff = 'soon'",
    "failures = '[null]'",
    "state = 99",
    "attempt = -3",
    "revision = 9223372036854775807",
    "created_at = -9223372036854775808",
    "run_at = -1",
    "type = ''",
    "seq = 9223372036854775807",
    "seq = -9223372036854775808",
  ])("end dead, and the other jobs are done: %s", async (change) => {
    const whole = await openWasmStore({ persistence: "memory" });
    whole.commit({ now: 1_000, add: [aJob(), aJob(), aJob()] });
    const sqlJs = await startSqlJs(await loadWasm());
    const database = new sqlJs.Database(whole.export());
    database.run(`UPDATE turno_jobs SET ${change} WHERE seq = 2`);
    const store = await openWasmStore({ persistence: "memory", image: database.export() });
    onTestFinished(() => {
      for (const one of [whole, store, database]) one.close();
    });

    const found = store.list({ limit: 10 });
    expect(found.filter(({ state }) => state === "pending")).toHaveLength(2);
    const worker = store.join({ leaseMs: 30_000 });
    const { claimed } = store.commit({ now: 2_000, claim: { worker, limit: 10 } });
    expect(claimed.map(({ seq }) => seq)).toEqual([1, 3]);
    expect(store.counts()).toMatchObject({ pending: 0, running: 2, dead: 1 });
    const [added] = store.commit({ now: 2_000, add: [aJob()] }).added;
    expect(store.get([4])[0]?.id).toBe(added?.id);
  });
});
