import type { Job } from "../job/job.ts";
import { KeyTaken } from "../job/outcome-error.ts";
import type { GroupCommit } from "../store/group-commit.ts";
import type { Patience } from "../store/patience.ts";
import type { Store } from "../store/store.ts";

interface Places {
  readonly store: Store;
  readonly group: GroupCommit;
  readonly patience: Patience;
}

/**
 * Reads a job, applies a rule, and writes what it gives unless somebody came between: then once more from the start.
 * Undefined where there is no such job, or the rule gives none.
 */
export async function change(
  { store, group, patience }: Places,
  seq: number,
  rule: (job: Job) => Job | undefined,
) {
  for (;;) {
    const [job] = await patience.try(() => store.get([seq]));
    const next = job === undefined ? undefined : rule(job);
    if (next === undefined) return undefined;
    const { replaced } = await group.submit({ replace: [next], add: [] });
    const outcome = group.sure(next, replaced[0]);
    if (outcome === "written") return next;
    if (typeof outcome === "object") {
      const message = `job ${next.id} cannot have its unique key ${JSON.stringify(next.uniqueKey)} back: job ${outcome.keyHeldBy} holds it; settle or cancel that one first`;
      throw new KeyTaken(message, outcome.keyHeldBy);
    }
  }
}
