import { figure } from "../figure.ts";
import { type CutTally, cutAndRestart } from "../power/cut-and-restart.ts";
import { record } from "../power/record.ts";
import { NO_RECORDER, recorder } from "../power/recorder.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  short: { recordings: 1, jobs: 100, cuts: 100 },
  long: { recordings: 5, jobs: 500, cuts: 200 },
};

const DURABILITIES = ["full", "normal"] as const;

/** The power is cut while processes write: what they had not synced is on the disk in part, or not at all. */
export const power: Scenario = {
  name: "power",
  promise:
    "a power cut undoes nothing that was acknowledged (full), or the last moments alone (normal), and damages nothing",
  run: async ({ size, site, random }: Context): Promise<Outcome> => {
    const library = await recorder(site.folder);
    if (library === undefined) return { account: "", violations: [], skipped: NO_RECORDER };
    const { recordings, jobs, cuts } = SIZES[size];
    const tallies = { full: NOTHING, normal: NOTHING };
    for (let count = 1; count <= recordings; count++) {
      const made = await Promise.all(
        DURABILITIES.map((durability) =>
          record(site, { name: `${durability} ${count}`, library, durability, jobs }),
        ),
      );
      for (const [index, durability] of DURABILITIES.entries()) {
        const recording = made[index];
        if (recording === undefined) continue;
        const isDurable = durability === "full";
        const tally = await cutAndRestart(site, recording, { times: cuts, random, isDurable });
        tallies[durability] = sum(tallies[durability], tally);
      }
    }
    const { full, normal } = tallies;
    return {
      account: `full: ${accountOf(full)}; normal: ${accountOf(normal)}`,
      violations: [...full.violations, ...normal.violations],
    };
  },
};

const NOTHING: CutTally = { states: 0, violations: [], losing: 0, mostLost: 0, lostMs: 0 };

function sum(one: CutTally, other: CutTally): CutTally {
  return {
    states: one.states + other.states,
    violations: [...one.violations, ...other.violations],
    losing: one.losing + other.losing,
    mostLost: Math.max(one.mostLost, other.mostLost),
    lostMs: Math.max(one.lostMs, other.lostMs),
  };
}

function accountOf({ states, losing, mostLost, lostMs }: CutTally): string {
  const cuts = figure(states, "power cut");
  if (losing === 0) return `${cuts}, nothing acknowledged lost`;
  const most = `up to ${figure(mostLost, "job")} of the last ${figure(Math.ceil(lostMs))} ms`;
  return `${cuts}, acknowledged jobs lost in ${figure(losing)}, ${most}`;
}
