import { setTimeout as sleep } from "node:timers/promises";
import type { Evidence, Violation } from "@turno/testkit";
import {
  endsDuring,
  recoveriesMs,
  refusalsDuring,
  refusedRightly,
  type Trouble,
} from "../checks/trouble.ts";
import { figure } from "../figure.ts";
import { monotonicMs } from "../history/clock.ts";
import { readHistories } from "../history/read-histories.ts";
import type { OwnProcess } from "./own-process.ts";
import type { Site } from "./site.ts";
import { until } from "./until.ts";

interface TroublesOptions {
  /** Who has to outlive them. */
  readonly all: readonly OwnProcess[];
  /** How soon after each they must get something done. */
  readonly withinMs: number;
}

/** Before each trouble, when all are at work. */
const GOOD_MS = 1_000;

/** Troubles that befall the store of processes, one after the other, and how those got over them. */
export class Troubles {
  readonly #site: Site;
  readonly #options: TroublesOptions;
  readonly #troubles: Trouble[] = [];

  constructor(site: Site, options: TroublesOptions) {
    this.#site = site;
    this.#options = options;
  }

  get all(): readonly Trouble[] {
    return this.#troubles;
  }

  /** Makes the trouble, which lasts as long as `work` does, and waits until all are at work again. */
  async endure(
    trouble: Omit<Trouble, "from" | "to">,
    work: () => Promise<Pick<Trouble, "from" | "to"> | void>,
  ): Promise<void> {
    await sleep(GOOD_MS);
    const from = monotonicMs();
    const span = (await work()) ?? { from, to: monotonicMs() };
    this.#troubles.push({ ...trouble, ...span });
    await until(() => this.#areBack(span), this.#options.withinMs);
  }

  *violations(evidence: Evidence): Generator<Violation> {
    const { withinMs } = this.#options;
    yield* refusedRightly(evidence, this.#troubles);
    for (const trouble of this.#troubles)
      for (const { name, ms } of recoveriesMs(evidence.events, trouble, this.#names()))
        if (ms > withinMs)
          yield {
            promise: "work goes on after a trouble",
            what: `${name} got nothing done within ${withinMs} ms after ${trouble.name}`,
          };
  }

  account(evidence: Evidence): string {
    const told = this.#troubles.map((trouble) => {
      const recoveries = recoveriesMs(evidence.events, trouble, this.#names()).map(({ ms }) => ms);
      return (
        `${trouble.name} for ${figure(Math.round((trouble.to - trouble.from) / 1_000))} s: ` +
        `${figure(refusalsDuring(evidence, trouble))} refused, ${figure(endsDuring(evidence, trouble))} results kept, ` +
        `all at work again after ${figure(Math.ceil(Math.max(...recoveries)))} ms`
      );
    });
    return told.join("; ");
  }

  #areBack(span: { readonly to: number }): boolean {
    const events = readHistories(this.#site.folder);
    return recoveriesMs(events, span, this.#names()).every(({ ms }) => ms < Infinity);
  }

  #names(): readonly string[] {
    return this.#options.all.map(({ name }) => name);
  }
}
