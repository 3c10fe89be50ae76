import type { HistoryEvent, Violation } from "@turno/testkit";

/** How many times each worker was told that somebody holds the log. */
export function tellingsOf(
  events: readonly HistoryEvent[],
  workers: readonly string[],
): ReadonlyMap<string, number> {
  const times = new Map(workers.map((name) => [name, 0]));
  for (const event of events)
    if (event.kind === "trouble" && event.error.startsWith("LogHeld"))
      times.set(event.process, (times.get(event.process) ?? 0) + 1);
  return times;
}

/** Each worker was told once, by a message that says what to do; and of no other trouble. */
export function* toldOnce(
  events: readonly HistoryEvent[],
  workers: readonly string[],
): Generator<Violation> {
  const promise = "who holds the log is told of once";
  for (const [name, times] of tellingsOf(events, workers))
    if (times !== 1) yield { promise, what: `${name} was told ${times} times` };
  for (const event of events) {
    if (event.kind !== "trouble" && event.kind !== "fail" && event.kind !== "info") continue;
    if (/^LogHeld: .*-wal has grown to \d+ MiB .* end it, or its process/.test(event.error))
      continue;
    yield { promise, what: `${event.process} was told ${event.error}` };
  }
}
