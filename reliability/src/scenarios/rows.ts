import { setTimeout as sleep } from "node:timers/promises";
import { isFinishedState, type Job } from "@turno/core";
import type { Evidence, Violation } from "@turno/testkit";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { Stranger } from "../harness/stranger.ts";
import { tally, tallyText } from "../harness/tally.ts";
import { until } from "../harness/until.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  short: { strikes: 20, unsettledMs: 5_000 },
  long: { strikes: 600, unsettledMs: 1_000 },
};

/** Between two strikes, and how many rows one changes at the most. */
const EVERY_MS = 150;
const MOST = 3;

/** So that beats, by which a worker learns what has become of its jobs, come soon. */
const LEASE_MS = 1_500;

/** So long after the last job was enqueued all must be finished. */
const LIMIT_MS = 60_000;
const STOP_MS = 15_000;

const MIX: readonly Share[] = [
  { weight: 6, does: {} },
  { weight: 4, does: { ms: 40 }, priorities: [0, 5, 10] },
  { weight: 1, does: { ms: 400 } },
  { weight: 2, type: "deal", does: { ms: 20 } },
  { weight: 2, type: "other", does: { ms: 5 }, delayMs: 500 },
  { weight: 1, type: "other", does: { ms: 5 }, uniqueKeys: 20 },
  { weight: 1, does: { ends: "throw", upTo: 1 } },
];

/** Somebody writes nonsense into the rows of jobs that wait or run. */
export const rows: Scenario = {
  name: "rows",
  promise:
    "rows that strangers damage end no process and hold up no other job: they end dead with a reason, or done",
  run: async ({ size, site, random }: Context): Promise<Outcome> => {
    const { strikes, unsettledMs } = SIZES[size];
    const workers = site.workers(3, { concurrency: 2, leaseMs: LEASE_MS });
    const producers = site.producers(2, { perSecond: 120, backlog: 300, mix: MIX });
    site.observer.startLooking(250);
    await Promise.all([workers.ready(), producers.ready()]);
    const stranger = new Stranger(site.path, random);
    try {
      for (let count = 0; count < strikes; count++) {
        await sleep(EVERY_MS);
        stranger.strike(MOST);
      }
      const late = await producers.end(STOP_MS);
      await until(() => site.observer.unfinished <= stranger.stuck, LIMIT_MS);
      const terms = { transactional: ["deal"], unsettledMs };
      const closed = await closeDown(site, { producers, workers, terms, withinMs: 5_000 });
      const violations = [
        ...late.map(({ name }) => ({
          promise: "processes stop when they are asked to",
          what: name,
        })),
        ...closed.violations.filter(isOfOthers(stranger)),
        ...othersEndWell(closed.evidence, stranger),
        ...harmedEndDead(stranger),
      ];
      return { account: accountOf(closed.evidence, stranger), violations };
    } finally {
      stranger.close();
    }
  },
};

/** What a damaged job went through, and others with it, is nobody's fault but the stranger's. */
function isOfOthers(stranger: Stranger): (violation: Violation) => boolean {
  const ids = new Set(stranger.harms.map(({ id }) => id));
  // Its id may be another since its row was changed.
  for (const job of stranger.found()) if (job !== undefined) ids.add(job.id);
  return ({ what }) => !(what.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? []).some((id) => ids.has(id));
}

function* othersEndWell({ jobs }: Evidence, { harms }: Stranger): Generator<Violation> {
  const harmed = new Set(harms.map(({ id }) => id.slice(-10)));
  for (const { id, state } of jobs) {
    if (state === "completed" || harmed.has(id.slice(-10))) continue;
    yield { promise: "jobs whose rows are whole are done", what: `job ${id} is ${state}` };
  }
}

function* harmedEndDead(stranger: Stranger): Generator<Violation> {
  const promise = "a damaged job ends dead with a reason, or done, or is named as damaged";
  const faults = stranger.faults();
  const found = stranger.found();
  for (const [at, harm] of stranger.harms.entries()) {
    const job = found[at];
    if (faults.has(harm.seq) || endedWell(job)) continue;
    const state = job === undefined ? "gone" : job.state;
    yield { promise, what: `job ${harm.id} is ${state} after ${harm.change}` };
  }
}

function endedWell(job: Job | undefined): boolean {
  if (job === undefined || !isFinishedState(job.state)) return false;
  return job.state !== "dead" || reasonIn(job) !== undefined;
}

function reasonIn({ failures }: Job): string | undefined {
  const messages = failures.map(({ message }) => message);
  return messages.find((message) => /is damaged|is not JSON/.test(message));
}

function accountOf(evidence: Evidence, stranger: Stranger): string {
  const found = stranger.found();
  const dead = found.filter((job) => job?.state === "dead");
  const done = found.filter((job) => job?.state === "completed");
  const harmed = new Set(stranger.harms.map(({ id }) => id));
  const events = evidence.events.flatMap((event) => {
    if (event.kind === "start" && harmed.has(event.id)) return [];
    if (event.kind !== "ok" || event.enqueued === undefined) return [event];
    return [{ ...event, enqueued: event.enqueued.filter(({ id }) => !harmed.has(id)) }];
  });
  const others = { ...evidence, events };
  return (
    `${figure(harmed.size, "row")} damaged: ${figure(dead.length)} dead with a reason, ` +
    `${figure(done.length)} done, ${figure(harmed.size - dead.length - done.length)} named; others: ${tallyText(tally(others))}`
  );
}
