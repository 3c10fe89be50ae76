import type { Watched, Write } from "./store.ts";

/** What is rung when something was written. */
export type Bell = Exclude<Watched, "lost">;

/** What somebody who watches may want to hear of once the write is stored. */
export function bellsOf({ add = [], replace = [] }: Write): readonly Bell[] {
  const bells: Bell[] = [];
  if (add.length > 0 || replace.some((job) => "ready" in job && job.ready)) bells.push("ready");
  if (replace.some((job) => "finishedAt" in job)) bells.push("finished");
  return bells;
}
