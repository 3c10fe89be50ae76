import type { Call, HistoryEvent } from "@turno/testkit";

/** A call of the queue, from when it was made until it was answered. */
export interface Called {
  readonly does: Call;
  /** The process that made it. */
  readonly by: string;
  readonly from: number;
  /** Infinite where it was not answered. */
  readonly to: number;
  readonly answer: Answer | undefined;
}

type Answer = Extract<HistoryEvent, { kind: "ok" | "fail" | "info" }>;

/** The calls of a history, which is in the order of its instants, in the order in which they were made. */
export function callsIn(events: readonly HistoryEvent[]): Called[] {
  const answers = new Map<string, Answer>();
  for (const event of events)
    if (event.kind === "ok" || event.kind === "fail" || event.kind === "info")
      answers.set(event.call, event);
  return events.flatMap((event) => {
    if (event.kind !== "invoke") return [];
    const { does, process: by, at: from, call } = event;
    const answer = answers.get(call);
    return { does, by, from, to: answer?.at ?? Number.POSITIVE_INFINITY, answer };
  });
}
