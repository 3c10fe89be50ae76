import type { Counts } from "../job/format-summary.ts";
import { JOB_STATES, type JobState } from "../job/state.ts";
import type { AdoptedJob } from "../store/adopter.ts";
import type { Patience } from "../store/patience.ts";
import type { Store } from "../store/store.ts";
import type { Turn } from "../time/turn.ts";
import type { Adopting } from "./adopting.ts";
import { Batch } from "./batch.ts";
import { isSame } from "./is-same.ts";
import { JobsDown } from "./jobs-down.ts";
import type { Pauses } from "./pauses.ts";

export interface RoundOptions {
  readonly from: Store;
  readonly to: Store;
  readonly adopting: Adopting;
  readonly pauses: Pauses;
  readonly patience: Patience;
  readonly turn: Turn;
  readonly signal: AbortSignal | undefined;
  /** Is told how many jobs of the source were looked at, and how many written so far. */
  readonly onLooked: (looked: number, copied: number) => void;
}

/** What a round has found. */
export interface Round {
  /** How many jobs it has written to the target. */
  readonly copied: number;
  /** How many jobs differed, those that the source has no more included. */
  readonly differed: number;
  /** The id of the latest of them. */
  readonly example: string | undefined;
  /** What the source had. */
  readonly counts: Counts;
  readonly lastSeq: number;
}

/** Looks through all jobs of both stores, side by side, and makes the target's what the source's are. */
export async function goRound(options: RoundOptions): Promise<Round> {
  const { adopting, onLooked } = options;
  const batch = new Batch();
  const counts = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<
    JobState,
    number
  >;
  let [copied, differed, lastSeq] = [0, 0, 0];
  let example: string | undefined;
  const flush = async () => {
    const written = batch.empty();
    await adopting.take(written);
    copied += written.jobs.length;
  };
  const here = jobsOfSource(options, () => onLooked(sum(counts), copied));
  const there = new JobsDown({ store: options.to, patience: options.patience });
  for await (const { source, target, seq } of sideBySide(here, there)) {
    if (source !== undefined) {
      lastSeq ||= seq;
      counts[source.job.state]++;
      if (isSame(source, target)) continue;
    }
    differed++;
    example = (source ?? target)?.job.id;
    if (batch.isFullFor(source)) await flush();
    if (source === undefined) batch.addGone(seq);
    else batch.add(source);
  }
  if (batch.size > 0) await flush();
  onLooked(sum(counts), copied);
  return { copied, differed, example, counts, lastSeq };
}

/** How many jobs there are in all. */
export function sum(counts: Counts): number {
  return JOB_STATES.reduce((all, state) => all + counts[state], 0);
}

/** Nothing of what is read can be claimed any more. */
function jobsOfSource(
  { from, pauses, patience, turn, signal }: RoundOptions,
  onPage: () => void,
): JobsDown {
  return new JobsDown({
    store: from,
    patience,
    onPage: async (page) => {
      if (turn.isOver) await new Promise<void>((resolve) => turn.next(resolve));
      signal?.throwIfAborted();
      await pauses.add(page.map(({ job }) => job.type));
      onPage();
    },
  });
}

interface Pair {
  readonly seq: number;
  readonly source: AdoptedJob | undefined;
  readonly target: AdoptedJob | undefined;
}

/** What both have under each number, the highest first. */
async function* sideBySide(here: JobsDown, there: JobsDown): AsyncGenerator<Pair> {
  for (;;) {
    const [first, second] = [await here.peek(), await there.peek()];
    const seq = Math.max(first?.job.seq ?? 0, second?.job.seq ?? 0);
    if (seq === 0) return;
    const source = first?.job.seq === seq ? first : undefined;
    const target = second?.job.seq === seq ? second : undefined;
    if (source !== undefined) here.advance();
    if (target !== undefined) there.advance();
    yield { seq, source, target };
  }
}
