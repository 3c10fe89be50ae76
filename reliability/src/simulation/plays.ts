import { type ChildProcess, fork } from "node:child_process";
import type { StoreName } from "./stores.ts";

export interface Order {
  readonly store: StoreName;
  readonly seed: number;
  readonly runs: number;
  readonly steps: number;
}

/** What a process answers to an order. */
export type News =
  | { readonly situations: readonly (readonly [string, number])[] }
  | { readonly failure: string };

interface PlaysOptions {
  readonly store: StoreName;
  readonly first: number;
  readonly seeds: number;
  readonly steps: number;
}

const AT_ONCE = 20;

/** Plays all seeds in several processes, until one fails. */
export class Plays {
  readonly #options: PlaysOptions;
  readonly #situations = new Map<string, number>();
  #given = 0;
  #failure: string | undefined;

  constructor(options: PlaysOptions) {
    this.#options = options;
  }

  async run(processes: number) {
    await Promise.all(Array.from({ length: processes }, () => this.#inProcess()));
    return { situations: this.#situations, failure: this.#failure };
  }

  async #inProcess(): Promise<void> {
    const program = new URL("./play.ts", import.meta.url);
    const child = fork(program, { execArgv: process.execArgv });
    for (let order = this.#next(); order !== undefined; order = this.#next())
      this.#hear(await ask(child, order));
    child.disconnect();
  }

  #next(): Order | undefined {
    const { first, seeds, store, steps } = this.#options;
    const runs = Math.min(AT_ONCE, seeds - this.#given);
    if (runs === 0 || this.#failure !== undefined) return undefined;
    const seed = first + this.#given;
    this.#given += runs;
    return { store, seed, runs, steps };
  }

  #hear(news: News): void {
    if ("failure" in news) this.#failure ??= news.failure;
    else
      for (const [situation, times] of news.situations)
        this.#situations.set(situation, (this.#situations.get(situation) ?? 0) + times);
  }
}

function ask(child: ChildProcess, order: Order): Promise<News> {
  return new Promise((resolve) => {
    const exited = (code: number | null) =>
      resolve({ failure: `the process for ${JSON.stringify(order)} ended with ${code}` });
    child.once("exit", exited);
    child.once("message", (news: News) => {
      child.off("exit", exited);
      resolve(news);
    });
    child.send(order);
  });
}
