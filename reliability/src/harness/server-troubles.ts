import { setTimeout as sleep } from "node:timers/promises";
import type { Evidence, Violation } from "@turno/testkit";
import { lostAnswers, saysWhatIsUnknown, storedOnceWhenSentAgain } from "../checks/answers.ts";
import { recoveriesMs } from "../checks/trouble.ts";
import { figure } from "../figure.ts";
import { monotonicMs } from "../history/clock.ts";
import { readHistories } from "../history/read-histories.ts";
import type { OwnProcess } from "./own-process.ts";
import type { Site } from "./site.ts";
import { until } from "./until.ts";

interface ServerTroublesOptions {
  /** Who has to outlive them. */
  readonly all: readonly OwnProcess[];
  /** How soon after each they must get something done. */
  readonly withinMs: number;
}

interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** While a trouble lasts it is written down so often whom it hinders. */
const TELL_MS = 100;

/** What befalls a server, or the way to it, one after the other, and how the processes got over it. */
export class ServerTroubles {
  readonly #site: Site;
  readonly #options: ServerTroublesOptions;
  readonly #troubles: Span[] = [];

  constructor(site: Site, options: ServerTroublesOptions) {
    this.#site = site;
    this.#options = options;
  }

  /**
   * Makes the trouble, which lasts as long as `work` does and hinders these, and waits until all are at work again.
   */
  async endure(
    name: string,
    work: () => Promise<unknown>,
    hindered: readonly OwnProcess[] = this.#options.all,
  ): Promise<void> {
    const from = monotonicMs();
    this.#tell(hindered);
    const telling = setInterval(() => this.#tell(hindered), TELL_MS);
    await work().finally(() => clearInterval(telling));
    const span = { name, from, to: monotonicMs() };
    this.#troubles.push(span);
    await until(() => this.#areBack(span), this.#options.withinMs);
  }

  *violations(evidence: Evidence): Generator<Violation> {
    const { withinMs } = this.#options;
    yield* saysWhatIsUnknown(evidence);
    yield* storedOnceWhenSentAgain(evidence);
    for (const trouble of this.#troubles)
      for (const { name, ms } of recoveriesMs(evidence.events, trouble, this.#names()))
        if (ms > withinMs)
          yield {
            promise: "work goes on after a trouble",
            what: `${name} got nothing done within ${withinMs} ms after ${trouble.name}`,
          };
  }

  account(evidence: Evidence): string {
    const kinds = Map.groupBy(this.#troubles, ({ name }) => name);
    const told = Array.from(kinds, ([name, troubles]) => {
      const ms = troubles.flatMap((trouble) =>
        recoveriesMs(evidence.events, trouble, this.#names()).map((one) => one.ms),
      );
      return `${figure(troubles.length)} × ${name}, all at work again within ${figure(Math.ceil(Math.max(...ms)))} ms`;
    });
    const { stored, not } = lostAnswers(evidence);
    return `${told.join("; ")}; ${figure(stored + not)} answers to an enqueue were lost, of which ${figure(stored)} had been done`;
  }

  #tell(hindered: readonly OwnProcess[]): void {
    for (const { name } of hindered)
      this.#site.history.write({ kind: "hindered", of: name, forMs: 2 * TELL_MS });
  }

  async #areBack(span: Span): Promise<boolean> {
    await sleep(TELL_MS);
    const names = this.#names();
    return recoveriesMs(readHistories(this.#site.folder, names), span, names).every(
      ({ ms }) => ms < Infinity,
    );
  }

  #names(): readonly string[] {
    return this.#options.all.map(({ name }) => name);
  }
}
