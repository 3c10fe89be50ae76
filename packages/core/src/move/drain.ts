import { observe, type Sightings } from "../job/given-up.ts";
import type { WorkerId } from "../job/job.ts";
import type { Patience } from "../store/patience.ts";
import type { Store } from "../store/store.ts";
import { MoveRefused } from "../store/store-error.ts";
import type { Clock } from "../time/clock.ts";
import { wait } from "./wait.ts";

interface DrainOptions {
  readonly store: Store;
  readonly patience: Patience;
  readonly clock: Clock;
  readonly drainMs: number;
  readonly signal: AbortSignal | undefined;
}

const LOOK_EVERY_MS = 200;

/** See `JobsDown`. */
const PAGE = 50;

/**
 * Resolves when no worker holds a job of the store any more; throws `MoveRefused` after `drainMs`. A worker that is gone,
 * or silent for a whole lease, is given up here as any other worker would do it: it may be that none is left.
 */
export async function drain(options: DrainOptions): Promise<void> {
  const { clock, drainMs, signal } = options;
  const deadline = clock.monotonic() + drainMs;
  let sightings: Sightings = new Map();
  for (let lookedAt = clock.monotonic(); ; ) {
    const now = clock.monotonic();
    const seen = await giveUpTheLost(options, sightings, now - lookedAt);
    const held = await heldBy(options, seen.alive);
    if (held.size === 0) return;
    if (now >= deadline) throw stillRunning(held, drainMs);
    sightings = seen.sightings;
    lookedAt = now;
    await wait(clock, LOOK_EVERY_MS, signal);
  }
}

/** Whether no worker that has joined and not left holds a job. */
export async function isDrained(
  options: Pick<DrainOptions, "store" | "patience" | "signal">,
): Promise<boolean> {
  const workers = await options.patience.try(() => options.store.workers());
  return (await heldBy(options, new Set(workers.map(({ id }) => id)))).size === 0;
}

async function giveUpTheLost(
  { store, patience }: DrainOptions,
  before: Sightings,
  elapsedMs: number,
) {
  const workers = await patience.try(() => store.workers());
  const { sightings, givenUp } = observe(before, workers, elapsedMs);
  const lost = new Set<WorkerId>();
  for (const { id, gone, beat } of givenUp) {
    // A worker that has beaten since is not given up; one that is gone cannot.
    const left = await patience.try(() => (gone ? store.leave(id) : store.leave(id, beat)));
    if (left || gone) lost.add(id);
  }
  const alive = new Set(workers.map(({ id }) => id).filter((id) => !lost.has(id)));
  return { sightings, alive };
}

/** How many jobs each of the workers holds. */
async function heldBy(
  { store, patience, signal }: Pick<DrainOptions, "store" | "patience" | "signal">,
  alive: ReadonlySet<WorkerId>,
): Promise<ReadonlyMap<WorkerId, number>> {
  const held = new Map<WorkerId, number>();
  for (let beforeSeq: number | undefined; alive.size > 0; ) {
    signal?.throwIfAborted();
    const filter = { states: ["running"], beforeSeq, limit: PAGE } as const;
    const page = await patience.try(() => store.list(filter));
    for (const job of page) {
      if (job.state === "running" && alive.has(job.worker))
        held.set(job.worker, (held.get(job.worker) ?? 0) + 1);
    }
    if (page.length === 0) break;
    beforeSeq = page.at(-1)?.seq;
  }
  return held;
}

function stillRunning(held: ReadonlyMap<WorkerId, number>, drainMs: number): MoveRefused {
  const jobs = [...held.values()].reduce((sum, count) => sum + count, 0);
  const workers = Array.from(held, ([id, count]) => `worker ${id} (${count})`);
  return new MoveRefused(
    `the source still runs ${jobs} ${jobs === 1 ? "job" : "jobs"} after ${drainMs} ms: ${workers.slice(0, 10).join(", ")}; ` +
      "stop these workers or raise drainMs, and run the move again",
  );
}
