import { monotonicMs } from "../history/clock.ts";
import type { Site } from "./site.ts";

export interface Held {
  readonly from: number;
  readonly to: number;
  /** The name of the other program. */
  readonly by: string;
}

/** How long the other program may take to stop. */
const STOP_MS = 15_000;

/** Has another program execute the statements and keep what they take while `work` goes on; says when it had it. */
export async function holding(
  site: Site,
  holds: readonly string[],
  work: () => Promise<unknown>,
): Promise<Held> {
  const holder = site.crew("holder", 1, { holds });
  const [by = ""] = holder.members.map(({ name }) => name);
  await holder.ready();
  const from = monotonicMs();
  await work();
  const to = monotonicMs();
  await holder.end(STOP_MS);
  if (holder.unexpected.length > 0) throw new Error(`nobody could hold ${holds.join("; ")}`);
  return { from, to, by };
}
