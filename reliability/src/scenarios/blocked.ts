import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { Crew } from "../harness/crew.ts";
import { tally, tallyText } from "../harness/tally.ts";
import { takenIn, undisturbed } from "../harness/undisturbed.ts";
import { until } from "../harness/until.ts";
import type { JobType } from "../processes/jobs.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  // Beside other tests a beat may come late.
  short: { workers: 2, blocking: 2, leaseMs: 800, withinMs: 60_000 },
  long: { workers: 3, blocking: 60, leaseMs: 500, withinMs: 240_000 },
};

const LEASES = 10;

const BLOCKED: readonly JobType[] = ["task"];
const ONLOOKER: readonly JobType[] = ["other"];

/** Four that a worker holds while its event loop is blocked, and one that the onlooker does meanwhile. */
const BESIDE: readonly Share[] = [
  ...Array<Share>(4).fill({ weight: 1, does: { ms: 20 } }),
  { weight: 1, type: "other", does: { ms: 20 } },
];

/** Handlers hold up their event loop for ten leases, while another worker looks on. */
export const blocked: Scenario = {
  name: "blocked",
  promise: "workers whose handlers block the event loop for ten leases keep all their jobs",
  run: async ({ size, site }: Context): Promise<Outcome> => {
    const { workers: count, blocking, leaseMs, withinMs } = SIZES[size];
    const told = { leaseMs, concurrency: 3 };
    const left = Array<readonly JobType[]>(count).fill(BLOCKED);
    const workers = new Crew(count + 1, () =>
      site.worker({ ...told, types: left.pop() ?? ONLOOKER }),
    );
    await workers.ready();
    const mix = [{ weight: 1, does: { blockMs: LEASES * leaseMs } }, ...BESIDE];
    const most = blocking * mix.length;
    const producers = site.producers(1, { mix, inTurn: true, most, perSecond: 500 });
    site.observer.startLooking(250);
    await until(() => site.observer.newest >= most, withinMs);
    const closed = await closeDown(site, { producers, workers, terms: {}, withinMs });
    const { evidence } = closed;
    const dead = evidence.jobs.filter(({ state }) => state === "dead");
    const account =
      `${figure(blocking, "handler")} blocked for ${LEASES} leases of ${figure(leaseMs)} ms: ` +
      `${figure(takenIn(evidence).length)} given up, ${figure(dead.length)} dead; ${tallyText(tally(evidence))}`;
    return { account, violations: [...closed.violations, ...undisturbed(evidence)] };
  },
};
