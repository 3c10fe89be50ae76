import type { HistoryEvent } from "@turno/testkit";

/** A job whose producer was told that it is stored. */
export interface Acknowledged {
  readonly id: string;
  readonly at: number;
}

/** The jobs that were acknowledged as added. */
export function* acknowledgedIn(events: readonly HistoryEvent[]): Generator<Acknowledged> {
  for (const event of events)
    if (event.kind === "ok")
      for (const { id, added } of event.enqueued ?? []) if (added) yield { id, at: event.at };
}
