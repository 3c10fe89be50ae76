import { setTimeout as sleep } from "node:timers/promises";
import { closeDown } from "../harness/close-down.ts";
import { Crew } from "../harness/crew.ts";
import { type Cut, PostgresProxy } from "../harness/postgres-proxy.ts";
import { onPostgres, type PostgresServer } from "../harness/postgres-server.ts";
import { ServerTroubles } from "../harness/server-troubles.ts";
import { tally, tallyText } from "../harness/tally.ts";
import { until } from "../harness/until.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";
import { KEYED, KEYED_MIX } from "./postgres-server.ts";

const LEASE_MS = 3_000;

const SIZES = {
  // Beside other tests a process may be late.
  short: { rounds: 1, cuts: 4, badMs: 500, withinMs: 20_000 },
  long: { rounds: 4, cuts: 10, badMs: 2_000, withinMs: 8_000 },
};

/** Between two troubles, on the average, when all are at work. */
const GOOD_MS = 300;

/** By how much answers are late. */
const DELAY_MS = 150;

/** So long planned cuts may take to come about. */
const CUTS_MS = 15_000;

/** The requests by which the store and handlers of `deal` commit. */
const COMMIT = /turno commit|COMMIT/;

/** Some are always under way. */
const MIX: readonly Share[] = [
  { weight: 4, does: { ms: 20 } },
  { weight: 2, does: { ms: 400 } },
  { weight: 2, type: "deal", does: { ms: 20 } },
  { weight: 1, does: { ends: "throw", upTo: 1 } },
];

/** Between each worker, the producers and the server is a network that does what networks do. */
export const postgresNetwork: Scenario = {
  name: "postgres-network",
  promise:
    "whatever the network does to connections with a Postgres, nothing acknowledged is lost, and who is not heard for a lease is replaced",
  run: (context) =>
    onPostgres(context.site, { leaseMs: LEASE_MS }, (postgres) => troubled(context, postgres)),
};

interface Deed {
  readonly name: string;
  /** Whether it befalls one worker alone. */
  readonly isOne?: boolean;
  work(ways: readonly PostgresProxy[]): Promise<unknown>;
}

async function troubled(
  { size, site, random }: Context,
  { server, at }: PostgresServer,
): Promise<Outcome> {
  const { rounds, cuts, badMs, withinMs } = SIZES[size];
  const ways = await Promise.all([1, 2, 3, 4].map(() => PostgresProxy.start(server.port)));
  const places = ways.map((way) => at(way.urlOf(server.url())));
  const [, , , place = at(server.url())] = places;
  const crewed = places
    .slice(0, 3)
    .map(({ told, leaseMs }) => ({ ...told, concurrency: 6, leaseMs }));
  let next = 0;
  const workers = new Crew(crewed.length, () => site.worker(crewed[next++ % crewed.length] ?? {}));
  const { told, observer } = place;
  const plans = [
    { ...told, perSecond: 30, batch: 3, backlog: 150, mix: MIX },
    { ...told, ...KEYED, mix: KEYED_MIX },
  ];
  const producers = new Crew(plans.length, () =>
    site.producer(plans[next++ % plans.length] ?? { perSecond: 0, mix: MIX }),
  );
  // The network runs in this process, which is not to be held up.
  observer.startLooking(1_000);
  await Promise.all([workers.ready(), producers.ready()]);
  const all = [...workers.members, ...producers.members];
  const troubles = new ServerTroubles(site, { all, withinMs });
  const deeds = deedsOf(cuts, badMs);
  for (let count = 0; count < rounds * deeds.length; count++) {
    await sleep(random() * 2 * GOOD_MS);
    const deed = deeds[count % deeds.length];
    if (deed === undefined) continue;
    const which = Math.floor(random() * crewed.length);
    const chosen = deed.isOne ? ways.slice(which, which + 1) : ways;
    const hindered = deed.isOne ? workers.members.slice(which, which + 1) : all;
    await troubles.endure(deed.name, () => deed.work(chosen), hindered);
  }
  const terms = { transactional: ["deal"] };
  const crews = { producers, workers };
  const closed = await closeDown(site, { ...crews, terms, observer, withinMs: 60_000 });
  for (const way of ways) way.close();
  const { evidence } = closed;
  return {
    account: `${troubles.account(evidence)}; ${tallyText(tally(evidence))}`,
    violations: [...closed.violations, ...troubles.violations(evidence)],
  };
}

function deedsOf(cuts: number, badMs: number): readonly Deed[] {
  const cutting = (cut: Cut) => async (ways: readonly PostgresProxy[]) => {
    for (const way of ways) way.cutAround(COMMIT, cut, cuts);
    await until(() => ways.every(({ cutsLeft }) => cutsLeft === 0), CUTS_MS);
  };
  return [
    { name: "commits cut before their answer", work: cutting("before its answer") },
    { name: "commits cut before they arrive", work: cutting("before it arrives") },
    { name: "all connections cut", work: async (ways) => ways.forEach((way) => way.cut()) },
    {
      name: `answers late by ${DELAY_MS} ms`,
      work: async (ways) => {
        for (const way of ways) way.delay(DELAY_MS);
        await sleep(badMs);
        for (const way of ways) way.delay(0);
      },
    },
    {
      name: "connections cut and refused",
      work: async (ways) => {
        for (const way of ways) {
          way.refuse();
          way.cut();
        }
        await sleep(badMs);
        for (const way of ways) await way.accept();
      },
    },
    {
      name: "a network that stands still, and goes on",
      work: async (ways) => {
        for (const way of ways) way.standStill();
        await sleep(2 * badMs);
        for (const way of ways) way.goOn();
      },
    },
    {
      name: "a network that stands still, and forgets",
      work: async (ways) => {
        for (const way of ways) way.standStill();
        await sleep(2 * badMs);
        for (const way of ways) {
          way.cut();
          way.goOn();
        }
      },
    },
    {
      name: "one worker unheard for 1.5 leases",
      isOne: true,
      work: async (ways) => {
        for (const way of ways) way.standStill();
        await sleep(1.5 * LEASE_MS);
        for (const way of ways) way.goOn();
      },
    },
  ];
}
