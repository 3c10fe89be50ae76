import type { Counts, PlainQueue, Store } from "@turno/core";
import type { Jobs, PhotoJob } from "../jobs.ts";

const SHOWN_JOBS = 200;
const WHILE_RUNNING_MS = 400;
const OTHERWISE_MS = 3_000;

/**
 * Calls `show` with the newest jobs and all counts: whenever the store hints at a change in another tab, whenever the
 * function that it gives is called, and every now and then, since progress has no hints and a hint may be missed.
 */
export function followJobs(
  { queue, store }: { queue: PlainQueue<Jobs>; store: Store },
  show: (jobs: readonly PhotoJob[], counts: Counts) => void,
  onError: (error: unknown) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLooking = false;
  let isWanted = false;

  store.watch?.(look, "ready");
  store.watch?.(look, "finished");
  document.addEventListener("visibilitychange", look);
  look();
  return look;

  function look(): void {
    isWanted = true;
    if (!isLooking) void lookUntilSeen();
  }

  async function lookUntilSeen(): Promise<void> {
    isLooking = true;
    clearTimeout(timer);
    let next = OTHERWISE_MS;
    while (isWanted) {
      isWanted = false; // what is wanted from now on may not be in the answer
      try {
        const [{ jobs }, counts] = await Promise.all([
          queue.list({ limit: SHOWN_JOBS }),
          queue.counts(),
        ]);
        show(jobs, counts);
        next = counts.running + counts.pending > 0 ? WHILE_RUNNING_MS : OTHERWISE_MS;
      } catch (error) {
        onError(error);
      }
    }
    isLooking = false;
    timer = setTimeout(look, next);
  }
}
