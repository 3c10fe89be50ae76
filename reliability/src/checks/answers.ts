import type { Evidence, HandedIn, HistoryEvent, Violation } from "@turno/testkit";
import { type Called, callsIn } from "./calls-in.ts";

/** What a store may say while its server is away or busy. */
const PASSING = ["StoreUnreachable", "StoreBusy"];

/** A call whose outcome nobody knows says so, by `AnswerLost`; others are refused for what passes. */
export function* saysWhatIsUnknown({ events }: Evidence): Generator<Violation> {
  for (const event of events) {
    const { process } = event;
    if (event.kind === "info" && !event.error.startsWith("AnswerLost"))
      yield {
        promise: "what is unknown is called AnswerLost",
        what: `${process} was told ${event.error}`,
      };
    if (event.kind === "fail" && !PASSING.some((code) => event.error.startsWith(code)))
      yield {
        promise: "a server that is away is told by its codes",
        what: `${process} was refused with ${event.error}`,
      };
  }
}

/** What was sent again under its key until somebody answered is stored, and once. */
export function* storedOnceWhenSentAgain(evidence: Evidence): Generator<Violation> {
  const promise = "what is sent again under its unique key is stored once";
  const stored = storedIn(evidence);
  const answered = new Set<string>();
  for (const { does, answer } of callsIn(evidence.events))
    if (does.name === "enqueue" && answer?.kind === "ok")
      for (const { payload } of does.jobs) answered.add(payload);
  for (const { payload } of keyedIn(evidence.events)) {
    const times = stored.get(payload) ?? 0;
    if (times > 1 || (times === 0 && answered.has(payload)))
      yield { promise, what: `the job with payload ${payload} is stored ${times} times` };
  }
}

/** Of the calls that enqueue and were not answered, of how many what they handed in is stored, and is not. */
export function lostAnswers(evidence: Evidence): {
  readonly stored: number;
  readonly not: number;
} {
  const stored = storedIn(evidence);
  const lost = callsIn(evidence.events).filter(isLost);
  const there = lost.filter(
    ({ does }) => does.name === "enqueue" && does.jobs.some(({ payload }) => stored.has(payload)),
  );
  return { stored: there.length, not: lost.length - there.length };
}

function isLost({ does, answer }: Called): boolean {
  return does.name === "enqueue" && answer?.kind === "info";
}

function storedIn({ jobs }: Evidence): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { payload = "" } of jobs) times.set(payload, (times.get(payload) ?? 0) + 1);
  return times;
}

function keyedIn(events: readonly HistoryEvent[]): readonly HandedIn[] {
  return events.flatMap((event) =>
    event.kind === "invoke" && event.does.name === "enqueue"
      ? event.does.jobs.filter(({ uniqueUntil }) => uniqueUntil === "pruned")
      : [],
  );
}
