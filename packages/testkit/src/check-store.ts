import type { Store } from "@turno/core";
import { Bench } from "./bench.ts";
import { claims } from "./examples/claims.ts";
import { connections, reopening } from "./examples/connections.ts";
import { due } from "./examples/due.ts";
import type { Examples, OpenAnother } from "./examples/example.ts";
import { examination } from "./examples/examination.ts";
import { keys } from "./examples/keys.ts";
import { kills, type Killing } from "./examples/kills.ts";
import { lists } from "./examples/lists.ts";
import { moving, movingBeside } from "./examples/moving.ts";
import { notes } from "./examples/notes.ts";
import { pruning } from "./examples/pruning.ts";
import { values } from "./examples/values.ts";
import { workers } from "./examples/workers.ts";
import { writes } from "./examples/writes.ts";
import { checkAgainstModel } from "./property/check-against-model.ts";
import type { StoreUnderTest } from "./store-under-test.ts";

/** One promise of a store: a sentence, and a test that rejects where it does not hold. */
export interface StoreCheck {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const TOPICS = {
  writes,
  keys,
  claims,
  due,
  workers,
  lists,
  notes,
  pruning,
  values,
  examination,
  moving,
};

/** All that `storeSuite` tests, by topic, for any test runner or none. */
export function storeChecks(subject: StoreUnderTest): ReadonlyMap<string, readonly StoreCheck[]> {
  const checks = new Map<string, readonly StoreCheck[]>();
  for (const [topic, examples] of Object.entries(TOPICS)) {
    checks.set(
      topic,
      checksOf(subject, examples, () => undefined),
    );
  }
  const { openSecond, reopen, kill } = subject;
  if (openSecond !== undefined) {
    const another = (opened: Opened) => opened.alsoOpen(openSecond.bind(subject));
    checks.set("two connections", checksOf(subject, { ...connections, ...movingBeside }, another));
  }
  if (reopen !== undefined) {
    const another = (opened: Opened) => opened.openInstead(reopen.bind(subject));
    checks.set("opened again", checksOf(subject, reopening, another));
  }
  if (openSecond !== undefined && kill !== undefined) {
    const killing = (opened: Opened) =>
      opened.killing(openSecond.bind(subject), kill.bind(subject));
    checks.set("killed", checksOf(subject, kills, killing));
  }
  const name = "the store does what the model does, whatever the commands";
  checks.set("model", [{ name, run: () => checkAgainstModel(subject) }]);
  return checks;
}

/** Runs every check of `storeSuite`; rejects with the first that fails, whose promise the message names. */
export async function checkStore(subject: StoreUnderTest): Promise<void> {
  for (const [topic, checks] of storeChecks(subject)) {
    for (const { name, run } of checks) {
      await run().catch((cause: unknown) => {
        throw new Error(`${topic}: ${name}: ${String(cause)}`, { cause });
      });
    }
  }
}

function checksOf<Tool>(
  subject: StoreUnderTest,
  examples: Examples<Tool>,
  toolOf: (opened: Opened) => Tool,
): readonly StoreCheck[] {
  return Object.entries(examples).map(([name, example]) => ({
    name,
    async run() {
      const opened = new Opened(await subject.open());
      try {
        await example(new Bench(opened.first), toolOf(opened));
      } finally {
        await opened.close();
      }
    },
  }));
}

/** The stores that one check has opened. */
class Opened {
  readonly first: Store;
  readonly #open: Set<Store>;

  constructor(first: Store) {
    this.first = first;
    this.#open = new Set([first]);
  }

  alsoOpen(openSecond: (store: Store) => Store | Promise<Store>): OpenAnother {
    return async () => {
      const second = await openSecond(this.first);
      this.#open.add(second);
      return second;
    };
  }

  openInstead(reopen: (store: Store) => Store | Promise<Store>): OpenAnother {
    return async () => {
      this.#open.delete(this.first);
      const again = await reopen(this.first);
      this.#open.add(again);
      return again;
    };
  }

  killing(
    openSecond: (store: Store) => Store | Promise<Store>,
    kill: (store: Store) => void | Promise<void>,
  ): Killing {
    return {
      open: this.alsoOpen(openSecond),
      kill: async (store) => {
        this.#open.delete(store);
        await kill(store);
      },
    };
  }

  async close(): Promise<void> {
    for (const store of this.#open) await store.close();
  }
}
