import { type ClaimedJob, defineJobs, json } from "@turno/core";
import { schema } from "../schema.ts";
import type { Act, Type } from "./step.ts";

export interface Payload {
  /** Which wish it was. */
  readonly n: number;
  readonly plan: readonly Act[];
}

const settings = { maxAttempts: 3, backoff: { kind: "fixed", baseMs: 20 } } as const;

/** The types of jobs; `moment` is how long checking a payload takes. */
export function jobsWith(moment: () => Promise<unknown>) {
  return defineJobs({
    plain: { payload: json<Payload>(), ...settings },
    limited: { payload: json<Payload>(), result: json<unknown>(), timeoutMs: 60, ...settings },
    checked: {
      payload: schema<Payload>(async (value: Payload) => {
        await moment();
        return { value };
      }),
      ...settings,
    },
  });
}

export type Jobs = ReturnType<typeof jobsWith>;
export type Claimed = ClaimedJob<Jobs, Type>;
