import { SimulatedClock } from "@turno/testkit";
import { expect, it } from "vitest";
import { aJob } from "../a-job.ts";
import { randomFrom } from "../random-from.ts";
import { SimulatedBrowser } from "./simulated-browser.ts";
import type { SimulatedTab } from "./simulated-tab.ts";
import type { TabFaults } from "./simulated-worker.ts";

// For a long search: TURNO_RUNS=2000 TURNO_SEED=7.
const { TURNO_RUNS = "40", TURNO_SEED = "1" } = process.env;
const timeout = 60_000 + Number(TURNO_RUNS) * 1_000;
const STEPS = 150;
const MOST_TABS = 5;

/** A job that a tab was asked to add, by its payload, and what came of that. */
interface Asked {
  readonly tab: SimulatedTab;
  readonly payload: string;
  outcome: string;
}

class Upheaval {
  readonly clock = new SimulatedClock();
  readonly asked: Asked[] = [];
  readonly refused: unknown[] = [];
  readonly #random: () => number;
  readonly #browser: SimulatedBrowser;
  readonly #opened = new Set<SimulatedTab>();
  readonly #frozen = new Set<SimulatedTab>();
  #isOver = false;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
    this.#browser = new SimulatedBrowser(this.clock, {
      messageMs: () => this.#ms(this.#happens(0.8) ? 5 : 300),
    });
  }

  get alive(): readonly SimulatedTab[] {
    return [...this.#opened].filter((tab) => !tab.isDead);
  }

  async run(): Promise<void> {
    this.#open();
    this.#open();
    await this.clock.advance(10_000);
    for (let step = 0; step < STEPS; step++) {
      this.#happen();
      await this.clock.advance(this.#ms(this.#happens(0.4) ? 5_000 : 300));
    }
    this.#isOver = true;
    for (const tab of this.#frozen) this.#thaw(tab);
    // Nobody comes new, who would take the place of a leader that the others wait for in vain.
    await this.clock.advance(200_000);
  }

  #happen(): void {
    const what = this.#random();
    const tab = this.#pick(this.alive);
    if (tab === undefined || (what < 0.08 && this.alive.length < MOST_TABS)) this.#open();
    else if (what < 0.1) tab.kill();
    else if (what < 0.25) this.#freeze(this.#browser.leader ?? tab);
    else if (what < 0.38) this.#thaw(this.#pick([...this.#frozen]));
    else if (what < 0.75) for (const one of this.#happens(0.5) ? [tab] : this.alive) this.#add(one);
  }

  #open(): void {
    const heldUp: TabFaults["heldUp"] = () => {
      if (this.#isOver || this.#happens(0.6)) return undefined;
      const ms = this.#ms(this.#happens(0.4) ? 8_000 : 300);
      return new Promise((resolve) => void this.clock.setTimeout(resolve, ms));
    };
    this.#browser.open({ heldUp }).then(
      (tab) => this.#opened.add(tab),
      (error: unknown) => this.refused.push(error),
    );
  }

  #freeze(tab: SimulatedTab): void {
    if (this.#frozen.has(tab)) return;
    this.#frozen.add(tab);
    tab.freeze();
  }

  #thaw(tab: SimulatedTab | undefined): void {
    if (tab === undefined) return;
    this.#frozen.delete(tab);
    tab.thaw();
  }

  #add(tab: SimulatedTab): void {
    if (!this.#opened.has(tab)) return;
    const asked: Asked = { tab, payload: String(this.asked.length), outcome: "none" };
    this.asked.push(asked);
    tab.store.commit({ now: 1_000, add: [aJob({ payload: asked.payload })] }).then(
      () => (asked.outcome = "done"),
      (error: unknown) => (asked.outcome = String(error)),
    );
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)];
  }

  #happens(chance: number): boolean {
    return this.#random() < chance;
  }

  #ms(most: number): number {
    return Math.ceil(this.#random() * most);
  }
}

it(
  "tabs that freeze, thaw, come and go find each other again: each call is answered, and done once",
  async () => {
    const first = Number(TURNO_SEED);
    for (let seed = first; seed < first + Number(TURNO_RUNS); seed++) {
      const upheaval = new Upheaval(seed);
      await upheaval.run();
      const { alive, asked, refused, clock } = upheaval;
      const where = `seed ${seed}`;
      expect(refused, where).toEqual([]);
      const unanswered = asked.filter(({ tab, outcome }) => !tab.isDead && outcome !== "done");
      expect(unanswered, where).toEqual([]);
      const reading = alive[0]?.store.list({ limit: 1_000 });
      await clock.advance(1_000);
      const stored = (await reading)?.map(({ payload }) => payload);
      if (stored === undefined) continue;
      expect(new Set(stored).size, where).toBe(stored.length);
      const done = asked.filter(({ outcome }) => outcome === "done");
      expect(stored, where).toEqual(expect.arrayContaining(done.map(({ payload }) => payload)));
    }
  },
  timeout,
);
