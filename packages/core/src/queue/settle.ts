import type { Job } from "../job/job.ts";
import { LeaseLost } from "../job/outcome-error.ts";
import type { Replaced } from "../store/store.ts";
import { Settled } from "../worker/settled.ts";

/** What settling gives; throws where it was refused. */
export function settledBy(next: Job, outcome: Replaced | undefined): Settled {
  if (outcome === "written") return new Settled(next.id, next.state);
  throw new LeaseLost(
    `job ${next.id} is no longer held (it was settled, cancelled or given to another worker), so it was not ${next.state === "pending" ? "put back" : `made ${next.state}`}; look at it before doing its work again`,
  );
}
