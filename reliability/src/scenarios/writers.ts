import { setTimeout as sleep } from "node:timers/promises";
import type { Evidence, Violation } from "@turno/testkit";
import { sharesOf } from "../checks/shares.ts";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { Crew } from "../harness/crew.ts";
import type { Site } from "../harness/site.ts";
import { monotonicMs } from "../history/clock.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = { short: { writeMs: 2_000 }, long: { writeMs: 20_000 } };

const WRITERS = 8;

/** Each gets at least this part of what they get on the average. */
const LEAST_SHARE = 1 / 4;

const DURABILITIES = ["full", "normal"] as const;

const MIX: readonly Share[] = [{ weight: 1, does: {} }];

/** Eight processes enqueue one job after the other, and every job is a commit of its own. */
export const writers: Scenario = {
  name: "writers",
  promise:
    "processes that write at the same time all get on, and nothing of what they write is lost",
  run: async ({ size, site }: Context): Promise<Outcome> => {
    const rounds: Round[] = [];
    for (const durability of DURABILITIES)
      rounds.push(await writeFor(SIZES[size].writeMs, { site, durability }));
    const nobody = () => new Crew(0, () => site.worker({}));
    const terms = { finished: false };
    const crews = { producers: nobody(), workers: nobody() };
    const { evidence, violations } = await closeDown(site, { ...crews, terms, withinMs: 0 });
    return {
      account: rounds.map((round) => accountOf(evidence, round)).join("; "),
      violations: [...violations, ...rounds.flatMap((round) => [...getsOn(evidence, round)])],
    };
  },
};

type Durability = (typeof DURABILITIES)[number];

/** Who wrote together, and when all of them did. */
interface Round {
  readonly durability: Durability;
  readonly names: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** How long a writer may take to stop. */
const STOP_MS = 15_000;

async function writeFor(
  writeMs: number,
  { site, durability }: { readonly site: Site; readonly durability: Durability },
): Promise<Round> {
  const crew = site.crew("writer", WRITERS, { durability, mix: MIX });
  const names = crew.members.map(({ name }) => name);
  await crew.ready();
  const from = monotonicMs();
  await sleep(writeMs);
  const to = monotonicMs();
  await crew.end(STOP_MS);
  return { durability, names, from, to };
}

function* getsOn({ events }: Evidence, round: Round): Generator<Violation> {
  const { counts, mean } = sharesOf(events, round.names, round);
  for (const [name, count] of counts)
    if (count < mean * LEAST_SHARE)
      yield {
        promise: "every writer gets on",
        what: `${name} wrote ${count} jobs at durability ${round.durability}, where ${Math.round(mean)} are the mean`,
      };
}

function accountOf({ events }: Evidence, round: Round): string {
  const { mean, least, worstMs } = sharesOf(events, round.names, round);
  const perSecond = (count: number) =>
    figure(Math.round((count * 1_000) / (round.to - round.from)));
  return (
    `${round.durability}: ${WRITERS} writers, ${perSecond(mean * WRITERS)} jobs/s, ` +
    `the slowest ${(least / mean).toFixed(2)} of the mean, the longest wait ${figure(Math.ceil(worstMs))} ms`
  );
}
