import { MemoryStore } from "@turno/core";
import { checkUnderFaults, type UnderFaults } from "@turno/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { SITUATIONS } from "../../src/simulation/situations.ts";
import { faultyRecords } from "../faulty-stores/faulty-records.ts";
import { faultyWrites } from "../faulty-stores/faulty-writes.ts";
import { PlainStore } from "../plain-store.ts";
import { failureOf } from "./failure-of.ts";

// For a long search: TURNO_RUNS=10000 TURNO_STEPS=3000 TURNO_SEED=7. What it reports tells how to play that again.
const { TURNO_RUNS = "100", TURNO_STEPS = "300", TURNO_SEED = "1" } = process.env;
const search = {
  runs: Number(TURNO_RUNS),
  steps: Number(TURNO_STEPS),
  seed: Number(TURNO_SEED),
};
const timeout = 60_000 + search.runs * search.steps;

describe("queues and workers", () => {
  it("keep their promises while processes crash, freeze and jump in time, and calls are lost and repeated", {
    timeout,
  }, async () => {
    const open = () => new MemoryStore();
    const { runs, situations } = await checkUnderFaults({ open, ...search });
    expect(runs).toBe(search.runs);
    // A search that never comes across them would find nothing, and nobody would know.
    expect(SITUATIONS.filter((situation) => !situations.has(situation))).toEqual([]);
  });
});

describe("a store that keeps its promises", () => {
  it("answers as MemoryStore does, call by call", { timeout }, async () => {
    const { runs } = await checkUnderFaults({ open: () => new PlainStore(), runs: 5 });
    expect(runs).toBe(5);
  });

  it("may leave row numbers out", { timeout }, async () => {
    const open = () =>
      new (class extends PlainStore {
        protected override nextSeq() {
          this.lastSeq += 1 + (this.lastSeq % 3);
          return this.lastSeq;
        }
      })();
    const { runs } = await checkUnderFaults({ open, runs: 5 });
    expect(runs).toBe(5);
  });
});

describe("a store that is at fault", () => {
  const open = faultyWrites["does not look at the revision"] ?? (() => new PlainStore());
  let message: string;
  beforeAll(async () => {
    message = await failureOf(checkUnderFaults({ open }));
  });

  it("is reported with the promise, and with few steps", () => {
    expect(message).toContain("a write is refused where its revision has moved on, and only there");
    expect(stepsIn(message).length).toBeLessThan(12);
  });

  it("fails again with the script that was reported", async () => {
    const [, json = ""] = /give checkUnderFaults this script:\n([^]*\n\]\})/.exec(message) ?? [];
    const script = JSON.parse(json) as UnderFaults["script"];
    const again = await failureOf(checkUnderFaults({ open, script }));
    expect(stepsIn(again)).toEqual(stepsIn(message));
  });

  it("fails again with the seed that was reported, and not otherwise", async () => {
    const [, json = "{}"] = /left of the script of (\{.*\})/.exec(message) ?? [];
    const replay = JSON.parse(json) as { seed: number; runs: number; steps: number };
    expect(await failureOf(checkUnderFaults({ open, ...replay }))).toBe(message);
  });

  it("is told apart by a difference that breaks no promise of queue and worker", async () => {
    const forgetful = faultyRecords["forgets the backoff"] ?? open;
    expect(await failureOf(checkUnderFaults({ open: forgetful }))).toMatch(
      /a store does as MemoryStore does\n[^]*\n {2}- .*"backoff".*\n {2}\+ /,
    );
  });
});

function stepsIn(message: string): readonly string[] {
  return message.match(/^ {2}\{"do":.*/gm) ?? [];
}
