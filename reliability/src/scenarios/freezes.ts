import { setTimeout as sleep } from "node:timers/promises";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import type { Crew } from "../harness/crew.ts";
import { tally, tallyText } from "../harness/tally.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = { short: { freezes: 4 }, long: { freezes: 100 } };

/** Short, so that ten of them are soon over. */
const LEASE_MS = 1_000;

/** For how many leases, in turn. */
const LEASES = [2, 10];

/** Between two freezes, on the average: long enough to be given up, to come back and to work. */
const EVERY_MS = 600;

const MIX: readonly Share[] = [
  { weight: 4, does: { ms: 10 } },
  { weight: 4, does: { ms: 200 } },
  { weight: 1, does: { blockMs: 30 } },
  { weight: 3, type: "deal", does: { ms: 20 } },
  { weight: 1, type: "other", does: { ms: 50, heedless: true } },
  { weight: 1, type: "other", does: { ends: "throw", upTo: 1 } },
];

/** Workers are frozen for 2 and for 10 leases and thawed again, up to two of three at a time. */
export const freezes: Scenario = {
  name: "freezes",
  promise:
    "while processes are frozen past their lease others do their jobs, and nothing that they settle then counts",
  run: async ({ size, site, random }: Context): Promise<Outcome> => {
    const { freezes } = SIZES[size];
    const workers = site.workers(3, { concurrency: 8, leaseMs: LEASE_MS });
    const producers = site.producers(1, { perSecond: 60, backlog: 200, mix: MIX });
    site.observer.startLooking(250);
    await Promise.all([workers.ready(), producers.ready()]);
    const half = Math.ceil(freezes / 2);
    const turns = [
      freezeInTurn(half, workers, random),
      freezeInTurn(freezes - half, workers, random),
    ];
    await Promise.all(turns);
    const terms = { transactional: ["deal"] };
    const closed = await closeDown(site, { producers, workers, terms, withinMs: 60_000 });
    const account = `${figure(freezes, "freeze")}, ${tallyText(tally(closed.evidence))}`;
    return { account, violations: closed.violations };
  },
};

async function freezeInTurn(freezes: number, workers: Crew, random: () => number): Promise<void> {
  for (let count = 0; count < freezes; count++) {
    await sleep(random() * 2 * EVERY_MS);
    const awake = workers.members.filter((member) => !member.isFrozen);
    const member = awake[Math.floor(random() * awake.length)];
    member?.freeze();
    await sleep(LEASE_MS * (LEASES[count % LEASES.length] ?? 1));
    member?.thaw();
  }
}
