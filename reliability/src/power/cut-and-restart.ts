import { rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Violation } from "@turno/testkit";
import type { Site } from "../harness/site.ts";
import { layOut } from "./lay-out.ts";
import { powerCuts } from "./power-cuts.ts";
import type { Recording } from "./recording.ts";
import { restarted } from "./restarted.ts";
import { toldBefore } from "./told-before.ts";

interface CutOptions {
  readonly times: number;
  readonly random: () => number;
  /** Whether what was acknowledged must be there. */
  readonly isDurable: boolean;
}

/** What came of power cuts. */
export interface CutTally {
  readonly states: number;
  readonly violations: readonly Violation[];
  /** In how many states acknowledged jobs were lost. */
  readonly losing: number;
  /** How many were, in the worst. */
  readonly mostLost: number;
  /** How long before its cut the oldest of them had been acknowledged. */
  readonly lostMs: number;
}

/** So many violations tell enough. */
const ENOUGH = 20;

/** Cuts the power at so many moments of a recording, and starts again from what each has left. */
export async function cutAndRestart(
  site: Site,
  recording: Recording,
  { times, random, isDurable }: CutOptions,
): Promise<CutTally> {
  const { calls, path } = recording;
  const told = toldBefore(recording);
  const violations: Violation[] = [];
  let [states, losing, mostLost, lostMs] = [0, 0, 0, 0];
  for (const cut of powerCuts(calls, times, random)) {
    const folder = join(site.folder, `${basename(dirname(path))} cut at ${cut.calls}`);
    layOut(cut.state, dirname(path), folder);
    const found = await restarted({
      path: join(folder, basename(path)),
      events: told(cut.calls),
      cutAt: cut.at,
      isDurable,
      history: site.history,
    });
    states++;
    if (found.lost > 0) losing++;
    mostLost = Math.max(mostLost, found.lost);
    lostMs = Math.max(lostMs, found.lostMs);
    for (const [promise, [first, ...others]] of byPromise(found.violations)) {
      const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
      violations.push({ promise, what: `${basename(folder)}: ${first?.what}${more}` });
    }
    // What shows a violation is kept for who looks into it.
    if (found.violations.length === 0) rmSync(folder, { recursive: true });
    if (violations.length >= ENOUGH) break;
  }
  return { states, violations, losing, mostLost, lostMs };
}

function byPromise(violations: readonly Violation[]): Map<string, Violation[]> {
  return Map.groupBy(violations, ({ promise }) => promise);
}
