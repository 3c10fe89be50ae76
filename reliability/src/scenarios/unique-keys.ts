import { setTimeout as sleep } from "node:timers/promises";
import type { Violation } from "@turno/testkit";
import { keyHistory, type KeyHistory } from "../checks/key-history.ts";
import {
  allAnswered,
  heldByOne,
  namedTruly,
  oneHolderInACall,
  seenHeldByOne,
} from "../checks/unique-keys.ts";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { fileOf, type Place } from "../harness/place.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = { short: { raceMs: 4_000 }, long: { raceMs: 90_000 } };

const RACERS = 8;

const KEYS = 5;

/** What waits, what fails and what is kept hold their keys for longer. */
const MIX: readonly Share[] = [
  { weight: 4, uniqueKeys: KEYS, does: { ms: 10 } },
  { weight: 2, uniqueKeys: KEYS, does: { ms: 40 }, delayMs: 100 },
  { weight: 1, uniqueKeys: KEYS, does: { ends: "throw", upTo: 2 } },
  { weight: 1, uniqueKeys: KEYS, does: { ends: "fatal" } },
  { weight: 2, uniqueKeys: KEYS, does: { ms: 5 }, uniqueUntil: "pruned" },
  { weight: 2, uniqueKeys: KEYS, does: { ms: 5 }, type: "other" },
];

/** Processes enqueue, retry, cancel and prune jobs of the same few keys, while workers finish them. */
export const uniqueKeys: Scenario = {
  name: "unique-keys",
  promise:
    "whoever races for a unique key, one live job holds it, and who is refused is told which one",
  run: (context) => raceForKeys(context, fileOf(context.site), SIZES[context.size]),
};

/** Lets processes race for keys at a place. */
export async function raceForKeys(
  { site }: Context,
  { told, observer, leaseMs }: Place,
  { raceMs }: { readonly raceMs: number },
): Promise<Outcome> {
  const workers = site.workers(2, { ...told, concurrency: 5, leaseMs });
  const racers = site.crew("racer", RACERS, { ...told, perSecond: 40, mix: MIX });
  observer.startLooking(50);
  await Promise.all([workers.ready(), racers.ready()]);
  await sleep(raceMs);
  const terms = { retentionMs: 0 };
  const crews = { producers: racers, workers };
  const closed = await closeDown(site, { ...crews, terms, observer, withinMs: 30_000 });
  const { events } = closed.evidence;
  const history = keyHistory(events);
  const violations = [
    ...closed.violations,
    ...heldByOne(history),
    ...seenHeldByOne(events),
    ...namedTruly(history),
    ...oneHolderInACall(history.calls),
    ...allAnswered(history.calls),
    ...isARace(history),
  ];
  return { account: accountOf(history), violations };
}

function* isARace({ namings }: KeyHistory): Generator<Violation> {
  for (const isRetry of [false, true])
    if (!namings.some((naming) => naming.isRetry === isRetry))
      yield {
        promise: "the scenario is a race for keys",
        what: `nobody's ${isRetry ? "retry" : "job"} was refused a key`,
      };
}

function accountOf({ jobs, calls, namings }: KeyHistory): string {
  const retries = namings.filter(({ isRetry }) => isRetry).length;
  const did = (name: string) =>
    calls.filter(({ does, answer }) => does.name === name && answer?.kind === "ok" && answer.did)
      .length;
  return (
    `${figure(calls.length, "call")} of ${RACERS} processes: ${figure(jobs.size, "job")} added, ` +
    `${figure(namings.length - retries)} told of a holder; ${figure(did("retry"))} retried, ` +
    `${figure(retries)} told of a holder; ${figure(did("cancel"))} cancelled`
  );
}
