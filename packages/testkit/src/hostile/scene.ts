import { type Awaitable, type Counts, json, Queue, type Store } from "@turno/core";
import fc from "fast-check";
import { attempt, type End } from "./attempt.ts";
import type { Recipe } from "./recipe.ts";

/** How the campaign comes by a store, and how long it goes on. */
export interface HostileSubject<S extends Store = Store> {
  /** Opens an empty store: one for each property. The campaign closes it. */
  open(): Awaitable<S>;
  /** How a store of this kind is opened by whoever passes anything; it is closed at once. Absent: that is not tried. */
  readonly opening?: Opening | undefined;
  /** How many inputs each property tries. Default: 100. */
  readonly runs?: number | undefined;
  /** Default: 1. */
  readonly seed?: number | undefined;
}

export interface Opening {
  /** The options there are. */
  readonly options: readonly string[];
  open(target: unknown, options: unknown): Awaitable<Pick<Store, "close">>;
}

/** A queue without types: the calls may be given anything. */
export type Loose = Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;

/** What a job looks like from outside, whatever its state. */
export interface Seen {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly payload: unknown;
  readonly result?: unknown;
  readonly progress: unknown;
  readonly log: readonly { readonly line: string }[];
  readonly priority: unknown;
  readonly maxAttempts: unknown;
  readonly timeoutMs: unknown;
  readonly runAt: unknown;
  readonly uniqueKey: unknown;
  readonly uniqueUntil: unknown;
  readonly backoff: unknown;
  readonly failures: readonly {
    readonly name: string;
    readonly message: string;
    readonly kind: string;
  }[];
}

type Kept = {
  readonly kept: { readonly payload: AnyJson; readonly result: AnyJson };
  readonly plain: object;
};

type AnyJson = ReturnType<typeof json<unknown>>;

/** Types whose results are kept; anything may be enqueued under them. */
const KEPT: Kept = { kept: { payload: json<unknown>(), result: json<unknown>() }, plain: {} };

/** A store with two queues on it: one of any types, one of `kept` and `plain`. */
export class Scene {
  readonly loose: Queue;
  readonly any: Loose;
  readonly typed: Queue<Kept>;
  readonly typedAny: Loose;
  readonly store: Store;
  /** A worker runs the jobs of type `kept`, and gives back what a good one holds. */
  hasWorker = false;
  #tries = 0;

  private constructor(store: Store) {
    this.store = store;
    this.loose = new Queue({ store });
    this.typed = new Queue({ store, jobs: KEPT });
    this.any = callsOf(this.loose);
    this.typedAny = callsOf(this.typed);
  }

  /** Tries `property` on a scene of its own; rejects with the least input that breaks something. */
  static async holds<T>(
    { open, runs = 100, seed = 1 }: HostileSubject,
    inputs: fc.Arbitrary<T>,
    property: (scene: Scene, input: T) => Promise<void>,
  ): Promise<void> {
    const scene = new Scene(await open());
    try {
      const each = fc.asyncProperty(inputs, async (input) => {
        await property(scene, input);
        await scene.#tidy();
      });
      await fc.assert(each, { numRuns: runs, seed });
      await scene.works();
    } finally {
      // Of the two, one closes the store.
      await scene.typed.close();
      await scene.loose.close().catch(() => {});
    }
  }

  /** Tries a call: what it refuses has stored nothing, and the queue goes on. */
  async tries<T>(input: Recipe<T>, call: (value: T) => unknown): Promise<End> {
    const before = await this.counts();
    const end = await attempt(input.make, call);
    if ("refused" in end) same("what is stored after a refusal", await this.counts(), before);
    return end;
  }

  async counts(): Promise<Counts> {
    return await this.loose.counts();
  }

  async seen(id: unknown): Promise<Seen> {
    const job = await this.any["get"]?.(id);
    if (job === undefined) throw new Error(`there is no job ${String(id)}`);
    return job as Seen;
  }

  /** Whether a job can be enqueued, claimed and completed as if nothing had happened. */
  async works(): Promise<void> {
    const { id } = await this.typed.enqueue("kept", "good", { priority: 1_000_000 });
    if (!this.hasWorker) {
      const [job] = await this.typed.claim({ types: ["kept"] });
      same("the job that is claimed", job?.id, id);
      if (job !== undefined) await this.typed.complete(job, "good");
    }
    same("its result", await this.typed.result(id), "good");
  }

  async #tidy(): Promise<void> {
    if (++this.#tries % 50 !== 0) return;
    await this.works();
    for (const { id } of (await this.loose.list({ limit: 1_000 })).jobs)
      await this.loose.cancel(id);
    await this.loose.prune({ completed: 0, dead: 0, cancelled: 0 });
  }
}

/** The methods of a queue by name, for arguments of any kind. */
export function callsOf(queue: object): Loose {
  return new Proxy(queue, {
    get: (target, name) => (Reflect.get(target, name, target) as () => unknown).bind(target),
  }) as never;
}

/** Throws where the two are not the same JSON. */
export function same(what: string, found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  throw new Error(`${what} should be ${shortly(wanted)}, but is ${shortly(found)}`);
}

function shortly(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 300);
}
