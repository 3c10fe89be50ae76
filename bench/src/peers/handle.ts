import { setTimeout as sleep } from "node:timers/promises";
import type { WorkOptions } from "../peer.ts";
import type { Ticks } from "../ticks.ts";

/** What each handler does. */
export async function handle(index: number, ticks: Ticks, options: WorkOptions): Promise<void> {
  ticks.ran(index);
  if (options.handlerMs !== undefined) await sleep(options.handlerMs);
}
