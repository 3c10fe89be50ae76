import { expect } from "vitest";
import type { Examples } from "./example.ts";

/** Of stores that examine themselves; others need not. */
export const examination: Examples = {
  "an examination tells of the ready jobs of each type, paused ones too": async (bench) => {
    const { store, now } = bench;
    await bench.add({ runAt: now - 5 }, { runAt: now - 7 }, { runAt: now + 1 }, { type: "report" });
    await bench.add({ type: "thumbnail" });
    await store.pause({ type: "report", paused: true });
    await bench.claim(await bench.join(), { types: ["thumbnail"] });
    const examined = await store.examine?.();
    if (examined === undefined) return;
    const ready = [...(examined.ready ?? [])].sort((a, b) => (a.type < b.type ? -1 : 1));
    expect(ready).toEqual([
      { type: "mail", count: 2, since: now - 7 },
      { type: "report", count: 1, since: now },
    ]);
  },

  "an examination finds nothing bad in a store that is well, and changes nothing": async (
    bench,
  ) => {
    const { store } = bench;
    await bench.add({}, { runAt: bench.now + 1 }, { uniqueKey: "a" });
    await bench.claim(await bench.join(), { limit: 1 });
    const all = async () => [await store.list({ limit: 10 }), await store.workers()];
    const before = await all();
    const examined = await store.examine?.();
    expect(examined?.findings.filter(({ level }) => level === "bad") ?? []).toEqual([]);
    expect(await all()).toEqual(before);
  },
};
