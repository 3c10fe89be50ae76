import { type AnyJobs, type JobDefinitions, MemoryStore, Queue, type Retention } from "@turno/core";
import { around, type Between } from "./around.ts";
import { ManualClock } from "./manual-clock.ts";

interface FreshOptions<D extends JobDefinitions> {
  readonly jobs?: D;
  /** Stands between the queue and its store. */
  readonly between?: Between;
  readonly retention?: Partial<Retention>;
  readonly leaseMs?: number;
  /** Those of another queue: this one is then like that of another process. */
  readonly clock?: ManualClock;
  readonly memory?: MemoryStore;
  /** See `Store.commitsAtOnce`; for a store with something between. */
  readonly commitsAtOnce?: number;
}

/** A queue of its own for a test, with the clock that it goes by and the store below it. */
export function fresh<D extends JobDefinitions = AnyJobs>({
  between,
  clock = new ManualClock(),
  memory = new MemoryStore({ random: () => 0.25 }),
  commitsAtOnce = 1,
  ...options
}: FreshOptions<D> = {}) {
  const store = between === undefined ? memory : { ...around(memory, between), commitsAtOnce };
  const queue = new Queue<D>({ store, clock, random: () => 0.5, ...options });
  return { clock, memory, store, queue };
}
