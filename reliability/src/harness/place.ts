import type { ProcessOptions } from "../processes/options.ts";
import type { Observed } from "./observed.ts";
import type { Site } from "./site.ts";

/** Where the jobs of a scenario lie. */
export interface Place {
  /** What its processes are told of it. */
  readonly told: Pick<ProcessOptions, "postgres">;
  readonly observer: Observed;
  /** How long a worker may be silent there. Default: the worker's. */
  readonly leaseMs?: number;
}

/** The site's own database. */
export function fileOf({ observer }: Site): Place {
  return { told: {}, observer };
}
