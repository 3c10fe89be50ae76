import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Postgres } from "../../../scripts/servers/postgres.ts";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { onPostgres, type PostgresServer } from "../harness/postgres-server.ts";
import { ServerTroubles } from "../harness/server-troubles.ts";
import { tally, tallyText } from "../harness/tally.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

/** Longer than the server is away. */
const LEASE_MS = 10_000;

const SIZES = {
  // Beside other tests a process may be late.
  short: { rounds: 1, terminations: 10, withinMs: 20_000 },
  long: { rounds: 12, terminations: 100, withinMs: 5_000 },
};

/** Between two troubles, on the average, when all are at work. */
const GOOD_MS = 500;

/** How long a killed server stays away, on the average. */
const AWAY_MS = 1_000;

/** Between two terminations, on the average. */
const TERMINATE_MS = 25;

const MIX: readonly Share[] = [
  { weight: 4, does: { ms: 10 } },
  { weight: 2, does: { ms: 100 } },
  { weight: 2, type: "deal", does: { ms: 10 } },
  { weight: 1, type: "other", does: { ms: 5 }, delayMs: 300 },
  { weight: 1, does: { ends: "throw", upTo: 1 } },
];

/** So many jobs a second that all are always at work. */
export const KEYED = { perSecond: 30, batch: 3, backlog: 200, sendsAgain: true } as const;
export const KEYED_MIX: readonly Share[] = [{ weight: 1, ownKey: true, does: { ms: 10 } }];

/** The server is killed, restarted, and made to end single connections, while producers and workers run on. */
export const postgresServer: Scenario = {
  name: "postgres-server",
  promise:
    "whatever becomes of a Postgres and its connections, nothing acknowledged is lost, and all processes go on by themselves",
  run: (context) =>
    onPostgres(context.site, { leaseMs: LEASE_MS }, (postgres) => troubled(context, postgres)),
};

async function troubled(
  { size, site, random }: Context,
  { server, place }: PostgresServer,
): Promise<Outcome> {
  const { rounds, terminations, withinMs } = SIZES[size];
  const { told, observer, leaseMs } = place;
  const workers = site.workers(3, { ...told, concurrency: 8, leaseMs });
  const plain = { ...told, perSecond: 40, batch: 4, backlog: 200, mix: MIX };
  const [unkeyed, keyed] = [
    site.producers(1, plain),
    site.producers(1, { ...told, ...KEYED, mix: KEYED_MIX }),
  ];
  observer.startLooking(250);
  await Promise.all([workers, unkeyed, keyed].map((crew) => crew.ready()));
  const all = [...workers.members, ...unkeyed.members, ...keyed.members];
  const troubles = new ServerTroubles(site, { all, withinMs });
  let terminated = 0;
  const deeds: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["kill -9 of the server", () => killed(server, random)],
    ["a fast restart", () => server.restartFast()],
    [
      "connections terminated",
      async () => (terminated += await terminate(server, terminations, random)),
    ],
  ];
  for (let count = 0; count < rounds * deeds.length; count++) {
    await sleep(random() * 2 * GOOD_MS);
    const [name, work] = deeds[count % deeds.length] ?? ["nothing", async () => {}];
    await troubles.endure(name, work);
  }
  const producers = { unexpected: [...unkeyed.unexpected, ...keyed.unexpected], end: endBoth };
  async function endBoth(ms: number) {
    return [...(await unkeyed.end(ms)), ...(await keyed.end(ms))];
  }
  const terms = { transactional: ["deal"] };
  const crews = { producers, workers };
  const closed = await closeDown(site, { ...crews, terms, observer, withinMs: 60_000 });
  const { evidence } = closed;
  return {
    account: `${troubles.account(evidence)}; ${figure(terminated)} backends terminated; ${tallyText(tally(evidence))}`,
    violations: [...closed.violations, ...troubles.violations(evidence)],
  };
}

async function killed(server: Postgres, random: () => number): Promise<void> {
  await server.kill();
  await sleep(random() * 2 * AWAY_MS);
  await server.restart();
}

/** Ends connections of others, in turn any of them and one that is writing just now; says how many. */
async function terminate(server: Postgres, times: number, random: () => number): Promise<number> {
  const client = new pg.Client(server.url());
  await client.connect();
  let count = 0;
  for (let time = 0; time < times; time++) {
    await sleep(random() * 2 * TERMINATE_MS);
    const which = time % 2 === 0 ? "" : "AND state = 'active' AND query LIKE '%commit_1%'";
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM (
         SELECT pid FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ${which}
         ORDER BY random() LIMIT 1
       ) AS one`,
    );
    count += rowCount ?? 0;
  }
  await client.end();
  return count;
}
