import type { HistoryEvent, Violation } from "@turno/testkit";
import type { FileDeed } from "../harness/file-deeds.ts";
import { callsIn } from "./calls-in.ts";

/** A deed that was done, and to whom. */
export interface DoneDeed {
  readonly deed: FileDeed;
  readonly from: number;
  /** When it had been done. */
  readonly to: number;
  /** When it was undone, or all was over. */
  readonly until: number;
  readonly names: readonly string[];
  readonly path: string;
  /** So late they may tell. */
  readonly withinMs: number;
}

type Telling = Extract<HistoryEvent, { kind: "fail" | "info" | "trouble" }>;

/** How long after the deed each of the processes told of it by the right code; infinite where one did not. */
export function toldAfterMs(events: readonly HistoryEvent[], { deed, from, names }: DoneDeed) {
  return names.map((name) => {
    const told = tellingsIn(events, name, from).find(({ error }) =>
      error.startsWith(deed.code ?? ""),
    );
    return { name, ms: (told?.at ?? Infinity) - from, error: told?.error ?? "" };
  });
}

/** Every process tells in time what it is, in words that help; and not again and again. */
export function* toldRightly(
  events: readonly HistoryEvent[],
  done: DoneDeed,
): Generator<Violation> {
  const { deed, from, until, names, path, withinMs } = done;
  const promise = `${deed.name}: each process says so`;
  const expected = deed.code;
  if (expected !== undefined) {
    for (const { name, ms, error } of toldAfterMs(events, done)) {
      if (ms === Infinity && deed.isPartial === true) continue;
      if (ms > withinMs)
        yield { promise, what: `${name} did not say ${expected} in ${withinMs} ms` };
      else if (!error.includes(path) || !REMEDY.test(error))
        yield { promise, what: `${name} named no path, or nothing to do: ${error}` };
    }
  }
  for (const name of names) {
    const wrong = tellingsIn(events, name, from).find(
      ({ error, at }) => at < until && !RIGHT[expected ?? "none"].test(error),
    );
    if (wrong !== undefined) yield { promise, what: `${name} said ${wrong.error}` };
    if (!name.startsWith("worker")) continue;
    const told = tellingsIn(events, name, from).filter(({ at }) => at < until);
    const same = Array.from(Map.groupBy(told, ({ error }) => error).values());
    const most = Math.max(0, ...same.map(({ length }) => length));
    const seconds = (until - from) / 1_000;
    if (most > 2 * seconds + 2)
      yield { promise, what: `${name} said the same ${most} times in ${Math.round(seconds)} s` };
  }
}

/** Nothing is acknowledged that is asked for after the deed, or after its process has told of it. */
export function* acknowledgesNothing(
  events: readonly HistoryEvent[],
  done: DoneDeed,
): Generator<Violation> {
  const { deed, to } = done;
  if (deed.code === undefined) return;
  const tolds = toldAfterMs(events, done).map(({ name, ms }) => [name, done.from + ms] as const);
  const toldAt = new Map<string, number>(tolds);
  for (const { by, from, answer } of callsIn(events)) {
    if (answer?.kind !== "ok" || answer.at >= done.until) continue;
    // Damage shows only to who reads; the others are seen by whoever writes next, but one commit may be stored.
    const since =
      deed.code === "StoreReplaced" && deed.isSaved !== true ? to : (toldAt.get(by) ?? to);
    if (from <= since) continue;
    const what = `${by} was acknowledged a call that it made ${Math.round(from - since)} ms after that`;
    yield { promise: `${deed.name}: nothing more is acknowledged`, what };
  }
}

/** All that was acknowledged is in the file at the path. */
export function* allStored(
  events: readonly HistoryEvent[],
  { deed }: DoneDeed,
  stored: ReadonlySet<string>,
): Generator<Violation> {
  for (const { answer } of callsIn(events)) {
    if (answer?.kind !== "ok") continue;
    for (const { id } of answer.enqueued ?? [])
      if (!stored.has(id))
        yield { promise: `${deed.name}: all is saved`, what: `job ${id} is lost` };
  }
}

const REMEDY = /open the store anew|start them anew|backup|give that user the right/;

/** What may be told meanwhile. Whoever still writes may be told of a busy file. */
const RIGHT = {
  StoreReplaced: /^StoreReplaced/,
  StoreCorrupt: /^StoreCorrupt/,
  StoreUnwritable: /^StoreUnwritable/,
  none: /^(?!)/,
} as const;

function tellingsIn(events: readonly HistoryEvent[], name: string, from: number): Telling[] {
  return events.filter(
    (event): event is Telling =>
      event.process === name &&
      event.at >= from &&
      (event.kind === "fail" || event.kind === "info" || event.kind === "trouble"),
  );
}
