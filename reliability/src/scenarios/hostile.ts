import type { Evidence, Violation } from "@turno/testkit";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import type { Crew } from "../harness/crew.ts";
import { doneBeside, endsInTime, type Hang, hangsIn } from "../harness/hangs.ts";
import { until } from "../harness/until.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  // Beside other tests a process may get its turn late, and the store's lock.
  short: { ofEach: 1, forMs: 3_000, maxAttempts: 2, slackMs: 10_000, unsettledMs: 5_000 },
  long: { ofEach: 15, forMs: 120_000, maxAttempts: 3, slackMs: 2_000, unsettledMs: 1_000 },
};

const WORKERS = 3;
const LEASE_MS = 1_000;
const TIMEOUT_MS = 600;

/** Handlers that heed their signal end at once, and those that do not are soon given up. */
const STOPPING = { graceMs: 300, abortMs: 300 };

/** Between two workers that are asked to stop. */
const EVERY_MS = 1_500;

/** So long after the last job was enqueued all must be finished. */
const LIMIT_MS = 90_000;

/** How long the onlooker may take to stop. */
const STOP_MS = 15_000;

/** Megabytes: so little that a handler can soon use all of it up. */
const MEMORY = ["--max-old-space-size=64"];

/** Come between two harmful jobs. */
const INNOCENT: readonly Share[] = [
  ...Array<Share>(12).fill({ weight: 1, does: { ms: 30 } }),
  ...Array<Share>(6).fill({ weight: 1, does: { ms: 300 } }),
  ...Array<Share>(2).fill({ weight: 1, type: "deal", does: { ms: 30 } }),
];

/** What the jobs of type `other` do in each of their attempts. */
const HARM: readonly Pick<Share, "does" | "timeoutMs">[] = [
  { does: { ends: "kill" } },
  { does: { ends: "exit" } },
  { does: { ends: "exhaust" } },
  { does: { ends: "hang" }, timeoutMs: TIMEOUT_MS },
  { does: { ends: "hang", heedless: true }, timeoutMs: TIMEOUT_MS },
  // A lease after its time is over its worker lets go of its life, and is given up at the next look.
  { does: { blockMs: TIMEOUT_MS + 5 * LEASE_MS }, timeoutMs: TIMEOUT_MS },
  // Only a worker that stops puts an end to it.
  { does: { ends: "hang", heedless: true } },
];

/** Handlers end their process, use up its memory, never return, or do not heed that they should end. */
export const hostile: Scenario = {
  name: "hostile",
  promise:
    "jobs that harm their worker end dead when their attempts are spent, and those that shared it with them do not",
  run: async ({ size, site }: Context): Promise<Outcome> => {
    const { ofEach, forMs, maxAttempts, slackMs, unsettledMs } = SIZES[size];
    const told = { concurrency: 6, leaseMs: LEASE_MS, ...STOPPING };
    const workers = site.workers(WORKERS, told, { nodeOptions: MEMORY });
    // Somebody looks on whom no harm comes to, whatever befalls the others.
    const onlooker = site.workers(1, { leaseMs: LEASE_MS, types: ["deal"] });
    await Promise.all([workers.ready(), onlooker.ready()]);
    const mix = mixFor(maxAttempts);
    const most = mix.length * ofEach;
    const perSecond = (most / forMs) * 1_000;
    const producers = site.producers(1, { mix, inTurn: true, most, perSecond });
    site.observer.startLooking(250);
    const deadline = performance.now() + forMs + LIMIT_MS;
    await askInTurn(workers, () => {
      const isDone = site.observer.newest >= most && site.observer.unfinished === 0;
      return isDone || performance.now() >= deadline;
    });
    await onlooker.end(STOP_MS);
    const terms = { transactional: ["deal"], unsettledMs };
    const closed = await closeDown(site, { producers, workers, terms, withinMs: 1_000 });
    const { evidence } = closed;
    const hangs = hangsIn(evidence);
    const violations = [
      ...closed.violations,
      ...harmfulDie(evidence, maxAttempts),
      ...innocentLive(evidence),
      ...endsInTime(hangs, slackMs),
      ...othersGoOn(evidence, hangs),
    ];
    return { account: accountOf(evidence, hangs), violations };
  },
};

function mixFor(maxAttempts: number): readonly Share[] {
  return HARM.flatMap((harm) => [
    ...INNOCENT,
    { ...harm, weight: 1, type: "other" as const, maxAttempts },
  ]);
}

/** The one that has worked for longest comes first; none before all have begun to work, which takes long where much runs. */
async function askInTurn(workers: Crew, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await workers.ready();
    await until(isOver, EVERY_MS);
    const [oldest] = workers.members;
    if (oldest !== undefined && !isOver()) workers.ask(oldest);
  }
}

function* harmfulDie({ jobs }: Evidence, maxAttempts: number): Generator<Violation> {
  const promise = "harmful jobs end dead when their attempts are spent";
  for (const { id, type, state, attempt } of jobs) {
    if (type !== "other" || (state === "dead" && attempt === maxAttempts)) continue;
    yield { promise, what: `job ${id} is ${state} after ${attempt} of ${maxAttempts} attempts` };
  }
}

function* innocentLive({ jobs }: Evidence): Generator<Violation> {
  for (const { id, type, state, attempt } of jobs) {
    if (type === "other" || state === "completed") continue;
    const what = `job ${id}, which harms nobody, is ${state} after attempt ${attempt}`;
    yield { promise: "no innocent job dies with its worker", what };
  }
}

function* othersGoOn(evidence: Evidence, hangs: readonly Hang[]): Generator<Violation> {
  if (hangs.length === 0 || doneBeside(evidence, hangs) > 0) return;
  const what = `beside ${figure(hangs.length, "handler")} that hung no job was done`;
  yield { promise: "other slots go on while a handler hangs", what };
}

function accountOf(evidence: Evidence, hangs: readonly Hang[]): string {
  const { events, jobs } = evidence;
  const harmful = jobs.filter(({ type }) => type === "other");
  const innocent = jobs.filter(({ type }) => type !== "other");
  const dead = (some: typeof jobs) => figure(some.filter(({ state }) => state === "dead").length);
  const lost = new Set(events.filter(({ kind }) => kind === "die").map((event) => event.process));
  const hit = innocent.filter(({ attempt }) => attempt > 1);
  const most = Math.max(0, ...innocent.map(({ attempt }) => attempt));
  return (
    `${figure(lost.size)} processes lost, ${figure(hangs.length, "handler")} hung, ` +
    `${figure(harmful.length, "harmful job")}: ${dead(harmful)} dead; ` +
    `${figure(innocent.length, "innocent job")}: ${dead(innocent)} dead, ` +
    `${figure(hit.length)} lost attempts (the unluckiest needed ${figure(most)}), ` +
    `${figure(doneBeside(evidence, hangs))} done beside a handler that hung`
  );
}
