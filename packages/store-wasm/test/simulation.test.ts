import { systemClock } from "@turno/core";
import { MemoryPersistence, openWasmStore } from "@turno/store-wasm";
import { checkUnderFaults } from "@turno/testkit";
import { expect, it } from "vitest";
import { randomFrom } from "./random-from.ts";
import { SimulatedBrowser } from "./tabs/simulated-browser.ts";

// For a long search: TURNO_RUNS=1000 TURNO_STEPS=3000 TURNO_SEED=7.
const { TURNO_RUNS = "20", TURNO_STEPS = "300", TURNO_SEED = "1" } = process.env;
const [runs, steps, seed] = [Number(TURNO_RUNS), Number(TURNO_STEPS), Number(TURNO_SEED)];
const times = { runs, steps, seed };
const timeout = 60_000 + runs * steps * 3;

it("sql.js answers as MemoryStore does, and queues and workers on it keep their promises, under faults", {
  timeout,
}, async () => {
  const open = () => openWasmStore({ persistence: "memory" });
  const tried = await checkUnderFaults({ open, ...times });
  expect(tried.runs).toBe(runs);
});

it("and so it does when it is stored beyond memory", { timeout }, async () => {
  const open = () => openWasmStore({ persistence: new MemoryPersistence() });
  const tried = await checkUnderFaults({ open, ...times });
  expect(tried.runs).toBe(runs);
});

it("and so it does when the tabs that have the database are killed, one after the other", {
  timeout,
}, async () => {
  let kills = 0;
  const random = randomFrom(seed);
  const killed = () => {
    if (random() > 0.03) return undefined;
    kills++;
    return random() < 0.5 ? "before" : "after";
  };
  const open = async () => {
    const browser = new SimulatedBrowser(systemClock);
    for (let tab = 0; tab < TABS_TO_KILL; tab++) await browser.open({ killed });
    return (await browser.open()).store;
  };
  const tried = await checkUnderFaults({ open, ...times });
  expect(tried.runs).toBe(runs);
  expect(kills).toBeGreaterThan(runs);
});

const TABS_TO_KILL = 6;
