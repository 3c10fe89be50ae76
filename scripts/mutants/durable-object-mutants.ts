import type { Mutant } from "./mutant.ts";

/** Faults in what Durable Objects ask of a store. */
export const durableObjectMutants: readonly Mutant[] = [
  {
    name: "Durable Object: no alarm comes for what is due later",
    file: "store-durable-object/src/durable-object-store.ts",
    find: "return ready ? Date.now() : runAt;",
    replace: "return ready ? Date.now() : Number.POSITIVE_INFINITY;",
    tests: ["store-durable-object/test/alarm"],
  },
  {
    name: "Durable Object: an alarm sets no other for what is due after it",
    file: "store-durable-object/src/durable-object-store.ts",
    find: "if (dueAt !== undefined) this.#alarm.by(dueAt);",
    replace: "",
    tests: ["store-durable-object/test/alarm"],
  },
  {
    name: "Durable Object: each job sets the alarm anew",
    file: "store-durable-object/src/alarm.ts",
    find: "if (this.#at <= at) return;",
    replace: "",
    tests: ["store-durable-object/test/rows"],
  },
  {
    name: "Durable Object: an alarm that has come is taken for one that will",
    file: "store-durable-object/src/alarm.ts",
    find: "this.#at = Number.POSITIVE_INFINITY;",
    replace: "",
    tests: ["store-durable-object/test/alarm"],
  },
  {
    name: "Durable Object: a type that nobody serves calls for alarm after alarm",
    file: "store-durable-object/src/durable-object-store.ts",
    find: "if ((ready && forReady) || orphaned)",
    replace: "if (ready || orphaned)",
    tests: ["store-durable-object/test/alarm"],
  },
  {
    name: "Durable Object: workers of an instance that is gone are waited for",
    file: "store-durable-object/src/durable-object-store.ts",
    find: "for (const { id } of super.workers()) super.leave(id);",
    replace: "",
    tests: ["store-durable-object/test/alarm"],
  },
  {
    name: "Durable Object: what was claimed by hand is never looked for",
    file: "store-durable-object/src/durable-object-store.ts",
    find: "if (claimed.length > 0) this.#alarm.by(Date.now() + WATCH_MS);",
    replace: "",
    tests: ["store-durable-object/test/alarm"],
  },
  {
    name: "Durable Object: a transaction commits at the first await",
    file: "store-durable-object/src/object-port.ts",
    find: "return withoutWaiting(work());",
    replace: "return work();",
    tests: ["store-durable-object/test/port"],
  },
  {
    name: "Durable Object: a claim joins more SELECTs than the platform takes",
    file: "store-durable-object/src/object-port.ts",
    find: "mostCompounded: 4,",
    replace: "mostCompounded: 8,",
    tests: ["store-durable-object/test/port"],
  },
  {
    name: "Durable Object: a row is as large as workerd takes, and Cloudflare does not",
    file: "store-durable-object/src/check-size.ts",
    find: "if (bytes <= MOST_BYTES) return;",
    replace: "return;",
    tests: ["store-durable-object/test/port"],
  },
  {
    name: "Durable Object: an observer gives up a worker that has beaten since",
    file: "store-durable-object/src/durable-object-store.ts",
    find: "beat - this.#hearts.beatsOf(worker)",
    replace: "0",
    tests: ["store-durable-object/test/port"],
  },
  {
    name: "Durable Object: who was taken over goes on writing its image",
    file: "store-wasm/src/persistence/durable-object-persistence.ts",
    find: "if (row?.epoch === this.#epoch) return work();",
    replace: "if (row !== undefined) return work();",
    tests: ["store-wasm/test/workerd/kept"],
  },
];
