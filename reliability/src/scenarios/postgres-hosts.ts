import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Evidence, HistoryEvent, Violation } from "@turno/testkit";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { Crew } from "../harness/crew.ts";
import { type Host, makeHosts } from "../harness/hosts.ts";
import type { OwnProcess } from "../harness/own-process.ts";
import { onPostgres, type PostgresServer } from "../harness/postgres-server.ts";
import { ServerTroubles } from "../harness/server-troubles.ts";
import type { Site } from "../harness/site.ts";
import { tally, tallyText } from "../harness/tally.ts";
import { until } from "../harness/until.ts";
import { monotonicMs } from "../history/clock.ts";
import { readHistories } from "../history/read-histories.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const LEASE_MS = 4_000;

/** Much less than a lease: what TCP sends again after that arrives twice as late. */
const SHORT_MS = LEASE_MS / 4;
const LONG_MS = 2 * LEASE_MS;

const SIZES = {
  // Beside other tests a process may be late.
  short: { rounds: 1, lateMs: 10_000, withinMs: 20_000 },
  long: { rounds: 3, lateMs: 2_500, withinMs: 10_000 },
};

const HOSTS = 3;

/** It has so many jobs when its network is cut, at the least. */
const HELD = 2;

/** Between two cuts. */
const GOOD_MS = 1_500;

/** Of the last beat before a cut nobody knows how long before it was. */
const BEAT_SHARE = 1 / 3;

/** A host always has some jobs, and most of them end while it has no network. */
const MIX: readonly Share[] = [
  { weight: 1, does: { ms: 100 } },
  { weight: 2, does: { ms: 1_500, heedless: true } },
];

/** One of three hosts loses its network, for much less than a lease and for two. */
export const postgresHosts: Scenario = {
  name: "postgres-hosts",
  promise:
    "a host that loses its network loses its jobs after a lease, and not before, and what it settles then is refused",
  run: async (context) => {
    const { hosts, missing } = makeHosts(HOSTS);
    if (missing !== undefined) return { account: "", violations: [], skipped: missing };
    try {
      const settings = letIn(context.site.folder, hosts);
      return await onPostgres(context.site, { settings, leaseMs: LEASE_MS }, (postgres) =>
        cutOff(context, postgres, hosts),
      );
    } finally {
      // Nothing may run on them then.
      await context.site.close();
      for (const host of hosts) host.remove();
    }
  },
};

/** Lets the server listen where the hosts look for it, and trust them. */
function letIn(folder: string, hosts: readonly Host[]): Readonly<Record<string, string>> {
  const file = join(folder, "pg_hba.conf");
  const nets = ["127.0.0.1", ...hosts.map(({ server }) => server)];
  writeFileSync(file, nets.map((net) => `host all all ${net}/30 trust\n`).join(""));
  // The server is another user's.
  chmodSync(folder, 0o755);
  return { listen_addresses: nets.join(), hba_file: file };
}

interface CutOff {
  readonly worker: string;
  readonly from: number;
  readonly to: number;
  readonly isLong: boolean;
}

async function cutOff(
  { size, site, random }: Context,
  { server, place, at }: PostgresServer,
  hosts: readonly Host[],
): Promise<Outcome> {
  const { rounds, lateMs, withinMs } = SIZES[size];
  let next = 0;
  const workers = new Crew(HOSTS, () => {
    const host = hosts[next++ % HOSTS];
    if (host === undefined) throw new Error(`there are no ${HOSTS} hosts`);
    const { told, leaseMs } = at(`postgres://postgres@${host.server}:${server.port}/postgres`);
    return site.worker({ ...told, concurrency: 6, leaseMs }, { through: host.through });
  });
  const plan = { ...place.told, perSecond: 8, batch: 3, backlog: 50, mix: MIX };
  const producers = site.producers(1, plan);
  place.observer.startLooking(250);
  await Promise.all([workers.ready(), producers.ready()]);
  const all = [...workers.members, ...producers.members];
  const troubles = new ServerTroubles(site, { all, withinMs });
  const cuts: CutOff[] = [];
  for (let count = 0; count < 2 * rounds; count++) {
    await sleep(GOOD_MS);
    const which = Math.floor(random() * HOSTS);
    const [host, worker] = [hosts[which], workers.members[which]];
    if (host === undefined || worker === undefined) continue;
    await until(() => underWay(site, worker) >= HELD, withinMs);
    cuts.push(await cut(host, worker, count % 2 === 1, troubles));
  }
  const { observer } = place;
  const crews = { producers, workers };
  const closed = await closeDown(site, { ...crews, terms: {}, observer, withinMs: 60_000 });
  const { evidence } = closed;
  const taken = cuts.map((one) => ({ ...one, jobs: takenFrom(evidence.events, one) }));
  const long = taken.filter(({ isLong }) => isLong);
  const afterMs = long.flatMap(({ jobs, from }) => jobs.map((job) => job.takenAt - from));
  return {
    account:
      `${troubles.account(evidence)}; ${figure(afterMs.length)} jobs taken over, ` +
      `${figure(Math.round(Math.min(...afterMs)))} to ${figure(Math.round(Math.max(...afterMs)))} ms after the cut; ` +
      `${figure(refusedTo(evidence.events, long))} settled too late and refused; ${tallyText(tally(evidence))}`,
    violations: [
      ...closed.violations,
      ...troubles.violations(evidence),
      ...takenInTime(evidence, taken, lateMs),
    ],
  };
}

/** How many handlers it runs just now. */
function underWay({ folder }: Site, { name }: OwnProcess): number {
  const own = readHistories(folder, [name]);
  const count = (kind: string) => own.filter((event) => event.kind === kind).length;
  return count("start") - count("end");
}

async function cut(
  host: Host,
  worker: OwnProcess,
  isLong: boolean,
  troubles: ServerTroubles,
): Promise<CutOff> {
  const name = isLong ? `no network for ${LONG_MS} ms` : `no network for ${SHORT_MS} ms`;
  let span = { from: monotonicMs(), to: 0 };
  const work = async () => {
    host.cut();
    span = { from: monotonicMs(), to: 0 };
    await sleep(isLong ? LONG_MS : SHORT_MS);
    span = { ...span, to: monotonicMs() };
    host.mend();
  };
  await troubles.endure(name, work, [worker]);
  return { worker: worker.name, isLong, ...span };
}

interface Taken {
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Infinite where nobody took it. */
  readonly takenAt: number;
}

/** The jobs that were running on a host when its network was cut. */
function takenFrom(
  events: readonly HistoryEvent[],
  { worker, from, to }: CutOff,
): readonly Taken[] {
  const endedAt = new Map(
    events.flatMap((event) => (event.kind === "end" ? [[event.run, event.at] as const] : [])),
  );
  return events.flatMap((event) => {
    if (event.kind !== "start" || event.process !== worker || event.at > from) return [];
    const ended = endedAt.get(event.run) ?? Number.POSITIVE_INFINITY;
    if (ended < from) return [];
    const tell = events.find(
      (other) =>
        other.kind === "told" &&
        other.event.startsWith("abandoned") &&
        other.id === event.id &&
        other.at >= from &&
        other.at <= to + LEASE_MS,
    );
    const takenAt = tell?.at ?? Number.POSITIVE_INFINITY;
    return [{ id: event.id, startedAt: event.at, endedAt: ended, takenAt }];
  });
}

function* takenInTime(
  { events }: Evidence,
  cuts: readonly (CutOff & { readonly jobs: readonly Taken[] })[],
  lateMs: number,
): Generator<Violation> {
  const promise = "a host's jobs are taken when it was not heard for a lease";
  if (!cuts.some(({ isLong, jobs }) => isLong && jobs.length > 0))
    yield { promise, what: "no host had any job when its network was cut" };
  for (const { worker, from, isLong, jobs } of cuts)
    for (const { id, takenAt } of jobs) {
      const afterMs = takenAt - from;
      if (!isLong && afterMs < Infinity)
        yield {
          promise,
          what: `job ${id} was taken from ${worker}, which had no network for ${SHORT_MS} ms only`,
        };
      if (!isLong) continue;
      if (afterMs < LEASE_MS * (1 - BEAT_SHARE))
        yield {
          promise,
          what: `job ${id} was taken from ${worker} after ${Math.round(afterMs)} ms`,
        };
      if (afterMs > LEASE_MS * (1 + BEAT_SHARE) + lateMs)
        yield { promise, what: `job ${id} was not taken from ${worker} in time` };
    }
  if (refusedTo(events, cuts) === 0)
    yield { promise: "what a lost host settles is refused", what: "nobody was refused anything" };
}

/** How many jobs workers were told to have lost during and after such cuts. */
function refusedTo(events: readonly HistoryEvent[], cuts: readonly CutOff[]): number {
  return events.filter(
    (event) =>
      event.kind === "told" &&
      event.event === "lost" &&
      cuts.some(({ worker, from }) => event.process === worker && event.at > from),
  ).length;
}
