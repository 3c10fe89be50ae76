import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unhandledDuring } from "../unhandled-during.ts";
import { play } from "./play.ts";
import { scenarios } from "./scenarios.ts";
import { spoiltStores } from "./spoilt-stores.ts";
import type { Spoil } from "./world.ts";

// For a long search: TURNO_RUNS=20000 TURNO_SEED=7. To replay what it reports: its seed, and TURNO_PATH.
const { TURNO_RUNS, TURNO_SEED, TURNO_PATH } = process.env;
const RUNS = Number(TURNO_RUNS ?? 250);

function promisesHold(spoil?: Spoil) {
  return fc.asyncProperty(fc.scheduler(), scenarios, async (s, scenario) => {
    const unhandled = await unhandledDuring(async () => {
      const { broken, log } = await play(s, scenario, spoil);
      if (broken.length > 0) throw new Error([...broken, "", ...log].join("\n"));
    });
    expect(unhandled).toEqual([]);
  });
}

describe("queues and workers", () => {
  it("keep their promises whatever the order of calls and answers", {
    timeout: 60_000 + RUNS * 1_000,
  }, async () => {
    const path = TURNO_PATH === undefined ? {} : { path: TURNO_PATH };
    await fc.assert(promisesHold(), { numRuns: RUNS, seed: Number(TURNO_SEED ?? 1), ...path });
  });

  it.each(Object.keys(spoiltStores))("are seen not to over a store that %s", async (fault) => {
    const parameters = { numRuns: 100, seed: 1, endOnFailure: true };
    expect(await fc.check(promisesHold(spoiltStores[fault]), parameters)).toMatchObject({
      failed: true,
    });
  });
});
