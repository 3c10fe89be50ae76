import type { Evidence, HistoryEvent, Violation } from "@turno/testkit";

/** When the store had trouble, and what that was to be called. */
export interface Trouble {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** What it was refused with. */
  readonly code: string;
  /** Whether somebody must have been refused; otherwise nobody may have been. */
  readonly refuses: boolean;
}

/** A call that was under way when the trouble ended may be refused a moment later. */
const LATE_MS = 2_000;

type Refusal = Extract<HistoryEvent, { kind: "fail" | "info" }>;

/** Calls were refused with the right code, and only while the trouble lasted. */
export function* refusedRightly(
  { events }: Evidence,
  troubles: readonly Trouble[],
): Generator<Violation> {
  const promise = "a store in trouble says so";
  const refusals = events.filter((event): event is Refusal => isRefusal(event));
  for (const trouble of troubles) {
    const those = refusals.filter((refusal) => isDuring(refusal, trouble));
    if (trouble.refuses && those.length === 0)
      yield { promise, what: `nobody was refused anything while ${trouble.name}` };
    if (!trouble.refuses && those.length > 0)
      yield { promise, what: `${those.length} were refused something while ${trouble.name}` };
  }
  for (const refusal of refusals) {
    const trouble = troubles.find((each) => isDuring(refusal, each));
    const { error, process } = refusal;
    if (trouble === undefined)
      yield { promise, what: `${process} was refused while all was well: ${error}` };
    else if (refusal.kind === "info" || !error.startsWith(trouble.code))
      yield { promise, what: `${process} was refused while ${trouble.name}, by ${error}` };
  }
}

export function refusalsDuring({ events }: Evidence, trouble: Trouble): number {
  return events.filter((event) => isRefusal(event) && isDuring(event, trouble)).length;
}

/** Each run that came to its end is the one whose result is stored, whenever that could be stored. */
export function* resultsKept({ events, jobs }: Evidence): Generator<Violation> {
  const stored = new Map(jobs.map(({ id, run }) => [id, run]));
  const idOf = new Map<string, string>();
  for (const event of events) {
    if (event.kind === "start") idOf.set(event.run, event.id);
    if (event.kind !== "end" || event.how !== "returned") continue;
    const id = idOf.get(event.run) ?? "";
    if (stored.get(id) === event.run) continue;
    const what = `run ${event.run} of job ${id} came to its end, but what is stored is of ${stored.get(id) ?? "none"}`;
    yield { promise: "finished results are kept", what };
  }
}

/** How many handlers ended while there was trouble. */
export function endsDuring({ events }: Evidence, { from, to }: Trouble): number {
  return events.filter(({ kind, at }) => kind === "end" && at >= from && at <= to).length;
}

/** How long after a trouble each of those named took to get something done with the store; infinite where none did. */
export function recoveriesMs(
  events: readonly HistoryEvent[],
  { to }: Pick<Trouble, "to">,
  names: readonly string[],
): readonly { readonly name: string; readonly ms: number }[] {
  return names.map((name) => {
    const done = events.find((event) => event.process === name && event.at > to && isDone(event));
    return { name, ms: (done?.at ?? Number.POSITIVE_INFINITY) - to };
  });
}

function isDone(event: HistoryEvent): boolean {
  return event.kind === "ok" || (event.kind === "told" && event.event === "completed");
}

function isRefusal(event: HistoryEvent): boolean {
  return event.kind === "fail" || event.kind === "info" || event.kind === "trouble";
}

function isDuring({ at }: { readonly at: number }, { from, to }: Trouble): boolean {
  return at >= from && at <= to + LATE_MS;
}
