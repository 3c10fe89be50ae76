import type { SomeHandlers, Instant, JobDefinitions, Queue, Store, TypeName } from "@turno/core";
import { type DrainOptions, resolveDrainOptions } from "./drain-options.ts";
import { Journal } from "./journal.ts";
import type { Run } from "./run.ts";
import { Shift } from "./shift.ts";
import { waitingJobs } from "./waiting-jobs.ts";

/**
 * Runs, with a real worker, every job that is ready, and those that they enqueue, until none is; with `clock`, also
 * those that are due later, each at its time. Answers with all runs in the order in which they ended. Jobs without a
 * handler, of paused types and in other workers' hands are left alone.
 *
 * Rejects where a handler does not end, where the runs do not end, and with what a worker's `error` event would tell.
 */
export async function drain<D extends JobDefinitions, S extends Store>(
  queue: Queue<D, S>,
  handlers: SomeHandlers<D>,
  options: DrainOptions = {},
): Promise<Run<D>[]> {
  const resolved = resolveDrainOptions(options);
  const { clock, until } = resolved;
  const types = Object.keys(handlers) as TypeName<D>[];
  const journal = new Journal<D>(resolved.limit);
  for (;;) {
    await new Shift(queue, handlers, types, journal, resolved).work();
    const dueAt = clock && (await nextDueAt(queue, types, clock.now()));
    if (clock === undefined || dueAt === undefined || dueAt > until) return journal.runs;
    // No worker is there to beat and to poll: a day passes as fast as a second.
    await clock.advance(dueAt - clock.now());
  }
}

/** When the next job is due that is not yet. */
async function nextDueAt<D extends JobDefinitions, S extends Store>(
  queue: Queue<D, S>,
  types: readonly TypeName<D>[],
  now: Instant,
): Promise<Instant | undefined> {
  let next: Instant | undefined;
  for await (const { runAt } of waitingJobs(queue, types)) {
    if (runAt > now && (next === undefined || runAt < next)) next = runAt;
  }
  return next;
}
