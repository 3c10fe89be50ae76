import { time } from "../describe.ts";
import type { History } from "../history.ts";
import type { HandedIn, SeenJob } from "../event.ts";
import type { JobHistory } from "../job-history.ts";
import { SLACK_MS } from "../slack.ts";

/** No job is there that nobody handed in, none is there twice, and none is another than it was handed in as. */
export function* nothingInvented(history: History): Generator<string> {
  const idsOf = new Map<string, string[]>();
  for (const job of history.jobs.values()) {
    yield* isHandedIn(history, job);
    yield* isAsHandedIn(history, job);
    const payload = job.origin?.job.payload ?? job.payload;
    if (payload === undefined) continue;
    const ids = idsOf.get(payload);
    if (ids === undefined) idsOf.set(payload, [job.id]);
    else ids.push(job.id);
  }
  for (const [payload, ids] of idsOf) {
    if (ids.length === 1) continue;
    const times = (history.handIns.get(payload) ?? []).filter(({ call }) => !call.isRefused).length;
    if (ids.length > times)
      yield `payload ${payload} was handed in ${times} times and is in ${ids.length} jobs: ${ids.join(", ")}`;
  }
  yield* areAsMany(history);
}

function* isHandedIn(history: History, job: JobHistory): Generator<string> {
  const { id, handIn, otherHandIns, payload } = job;
  for (const other of otherHandIns)
    yield `job ${id} was added twice: by ${handIn?.call.process} and, at ${time(history, other.call.answeredAt)}, by ${other.call.process}`;
  if (handIn !== undefined) {
    const [first] = job.runs;
    if (first !== undefined && first.startedAt < handIn.call.invokedAt - SLACK_MS)
      yield `job ${id} was started at ${time(history, first.startedAt)}, before it was handed in at ${time(history, handIn.call.invokedAt)}`;
  } else if (payload !== undefined && !history.handIns.has(payload)) {
    yield `job ${id} has payload ${payload}, which nobody handed in`;
  }
}

function* isAsHandedIn(history: History, job: JobHistory): Generator<string> {
  const { id, handIn, runs, seen, final } = job;
  const expected = handIn?.job ?? job.presumed?.job;
  const payload = expected?.payload ?? job.payload;
  for (const run of runs) {
    if (run.payload !== payload)
      yield `job ${id} was handed in with payload ${payload}, and run ${run.name} got ${run.payload}`;
    if (expected !== undefined && run.type !== expected.type)
      yield `job ${id} was handed in as ${expected.type}, and run ${run.name} got it as ${run.type}`;
  }
  const last = final && { job: final, at: history.endedAt };
  for (const { job: stored, at } of last === undefined ? seen : [...seen, last]) {
    const other = expected && differs(stored, expected);
    if (other !== undefined) yield `job ${id}, as seen at ${time(history, at)}, has ${other}`;
    else if (stored.payload !== undefined && stored.payload !== payload)
      yield `job ${id} was handed in with payload ${payload}, and stored at ${time(history, at)} with ${stored.payload}`;
  }
}

function differs(stored: SeenJob, expected: HandedIn): string | undefined {
  if (stored.type !== expected.type) return `type ${stored.type} instead of ${expected.type}`;
  if (stored.maxAttempts !== expected.maxAttempts)
    return `maxAttempts ${stored.maxAttempts} instead of ${expected.maxAttempts}`;
  if (stored.holdsKey !== undefined && stored.holdsKey !== expected.uniqueKey)
    return `key ${stored.holdsKey} instead of ${expected.uniqueKey}`;
  return undefined;
}

/** Where payloads are left out, there are at least no more unknown jobs than calls can have left. */
function* areAsMany({ jobs, handIns }: History): Generator<string> {
  const unknown = [...jobs.values()].filter(
    (job) => job.origin === undefined && job.payload === undefined && job.type !== undefined,
  );
  if (unknown.length === 0) return;
  let unsure = 0;
  for (const same of handIns.values())
    for (const { as, call } of same) if (as === undefined && !call.isRefused) unsure++;
  if (unknown.length > unsure)
    yield `${unknown.length} jobs were stored of which nobody was told, ${unknown[0]?.id} among them, though only ${unsure} were handed in without an answer`;
}
