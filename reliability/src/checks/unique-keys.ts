import type { HistoryEvent, Violation } from "@turno/testkit";
import { KEY_TAKEN } from "../processes/calls.ts";
import type { Called } from "./calls-in.ts";
import type { KeyHistory, Naming } from "./key-history.ts";
import { certainlyFree, certainlyHeld, type KeyJob, keyOf, type Span } from "./key-job.ts";

/** No two jobs are known to have held a key at one moment. */
export function* heldByOne({ jobs, prunings }: KeyHistory): Generator<Violation> {
  const promise = "one job holds a key";
  for (const sharers of Map.groupBy(jobs.values(), ({ key }) => key).values()) {
    const spans = sharers
      .flatMap((job) => [...certainlyHeld(job, prunings)].map((span) => ({ job, ...span })))
      .sort((a, b) => a.from - b.from);
    let last: (Span & { readonly job: KeyJob }) | undefined;
    for (const span of spans) {
      if (last !== undefined && last.job !== span.job && last.to > span.from)
        yield {
          promise,
          what: `${span.job.id} held ${span.job.key} from ${ms(span.from)} on, and ${last.job.id} until ${ms(last.to)}`,
        };
      if (last === undefined || span.to > last.to) last = span;
    }
  }
}

/** No two jobs that were seen at one moment held the same key. */
export function* seenHeldByOne(events: readonly HistoryEvent[]): Generator<Violation> {
  for (const event of events) {
    if (event.kind !== "saw") continue;
    const holders = new Map<string, string>();
    for (const { id, type, holdsKey } of event.jobs) {
      if (holdsKey === undefined) continue;
      const key = keyOf({ type, uniqueKey: holdsKey });
      const other = holders.get(key);
      if (other !== undefined)
        yield {
          promise: "one job holds a key",
          what: `${id} and ${other} held ${key} at ${ms(event.at)}`,
        };
      holders.set(key, id);
    }
  }
}

/** Whoever was told that a job holds a key was told the truth. */
export function* namedTruly({ jobs, prunings, namings }: KeyHistory): Generator<Violation> {
  for (const naming of namings) {
    const { by, from, to, key, holder, isRetry } = naming;
    const wrong = whatIsWrong(naming, jobs.get(holder), prunings);
    if (wrong === undefined) continue;
    const told = `${by}, whose ${isRetry ? "retry" : "job"} wanted ${key} from ${ms(from)} to ${ms(to)}`;
    yield {
      promise: "who is refused a key is told its holder",
      what: `${told}, was told of ${holder}, ${wrong}`,
    };
  }
}

function whatIsWrong(
  { key, from, to }: Naming,
  holder: KeyJob | undefined,
  prunings: KeyHistory["prunings"],
): string | undefined {
  if (holder === undefined) return "which nobody added";
  if (holder.key !== key) return `which has ${holder.key}`;
  const free = [...certainlyFree(holder, prunings)].find(
    (span) => span.from <= from && span.to >= to,
  );
  return free && `which had not held it since ${ms(free.from)}`;
}

/** Of jobs that want the same key in one call, all are told of one holder, and at most one is added. */
export function* oneHolderInACall(calls: readonly Called[]): Generator<Violation> {
  for (const { does, answer, by } of calls) {
    if (does.name !== "enqueue" || answer?.kind !== "ok") continue;
    const told = does.jobs.map((job, index) => ({ key: keyOf(job), ...answer.enqueued?.[index] }));
    for (const [key, answers] of Map.groupBy(told, (each) => each.key)) {
      const ids = new Set(answers.map(({ id }) => id));
      const added = answers.filter((each) => each.added === true).length;
      if (ids.size === 1 && added <= 1) continue;
      const what = `${by} was told of ${[...ids].join(" and ")} for ${key}, ${added} of them added`;
      yield { promise: "one call adds one job for a key", what };
    }
  }
}

/** No call came to anything but what it was made for, or that a key is taken. */
export function* allAnswered(calls: readonly Called[]): Generator<Violation> {
  for (const { does, by, answer } of calls) {
    if (answer?.kind === "ok") continue;
    if (answer?.kind === "fail" && answer.error.startsWith(KEY_TAKEN)) continue;
    const what = `${does.name} of ${by} ended with ${answer?.error ?? "nothing"}`;
    yield { promise: "calls are answered", what };
  }
}

function ms(at: number): string {
  return `${at.toFixed(3)} ms`;
}
