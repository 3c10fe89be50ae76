import type { WorkerId } from "../job/job.ts";
import { JOB_STATES } from "../job/state.ts";
import type { AdoptedSource } from "../store/adopter.ts";
import { Patience } from "../store/patience.ts";
import type { Store } from "../store/store.ts";
import { MoveRefused } from "../store/store-error.ts";
import { Turn } from "../time/turn.ts";
import { Adopting } from "./adopting.ts";
import { drain, isDrained } from "./drain.ts";
import { type MoveOptions, resolveMove } from "./move-options.ts";
import { Pauses } from "./pauses.ts";
import { goRound, type Round, sum } from "./round.ts";
import { wait } from "./wait.ts";

/** What a move has done. */
export interface Moved {
  /** How many jobs the target has taken over, in all. */
  readonly jobs: number;
  /** How many this run has written; it may be more than there are jobs, where some changed meanwhile. */
  readonly copied: number;
  /** How many rows of the source were left there, since their number is none that a job can have: somebody damaged them. */
  readonly left: number;
}

/**
 * Moves every job of `from` to the empty store `to`, which takes over its salt and its numbers: jobs keep their ids, their
 * states, attempts, failures, notes and revisions. Pauses all types in `from`, and waits until nothing runs there. Where it is
 * broken off, however that comes, it may be run again until it resolves; `to` refuses jobs and workers in between. `from`
 * keeps its jobs, and stays paused.
 *
 * Rejects with `MoveRefused` where it cannot begin or go on, with a `StoreError` of either store, and with the reason of
 * `signal`.
 */
export async function move(from: Store, to: Store, options: MoveOptions = {}): Promise<Moved> {
  const { adopter, drainMs, onProgress, signal, clock, random } = resolveMove(from, to, options);
  signal?.throwIfAborted();
  const patience = new Patience(clock, random);
  const source = { store: from, patience, signal };
  const pauses = new Pauses(from, patience);
  const adopting = new Adopting({ adopter, patience, source: await known(source, pauses) });
  const endedAt = await adopting.begin();
  if (endedAt !== undefined) return endedBefore(source, endedAt);
  const turn = new Turn(clock);
  let [copied, left] = [0, 0];
  for (let number = 1; ; number++) {
    const total = sum(await patience.try(() => from.counts()));
    const onLooked = (looked: number, written: number) =>
      onProgress({ round: number, looked, total, copied: copied + written });
    await pauses.look();
    const round = await goRound({ from, to, adopting, pauses, patience, turn, signal, onLooked });
    copied += round.copied;
    const leftBefore = left;
    left = sum(await patience.try(() => from.counts())) - sum(round.counts);
    if (round.differed === 0 && left === leftBefore && (await isStill(source, to, round))) {
      await adopting.end({ seq: round.lastSeq, worker: await lastWorker(source) });
      return { jobs: sum(round.counts), copied, left };
    }
    if (number >= MOST_ROUNDS) throw stillChanging(round);
    if (number > 1) await wait(clock, BETWEEN_ROUNDS_MS, signal);
    await drain({ ...source, clock, drainMs });
  }
}

interface Source {
  readonly store: Store;
  readonly patience: Patience;
  readonly signal: AbortSignal | undefined;
}

/** So often jobs are compared before it is said that the source never rests. */
const MOST_ROUNDS = 20;

const BETWEEN_ROUNDS_MS = 200;

/** The salt is known for certain once jobs were read. */
async function known({ store, patience }: Source, pauses: Pauses): Promise<AdoptedSource> {
  await patience.try(() => store.list({ limit: 1 }));
  return { salt: store.salt, paused: await pauses.look() };
}

/** A move that has ended is never taken up: the target gives the next numbers to jobs of its own. */
async function endedBefore({ store, patience }: Source, endedAt: number): Promise<Moved> {
  const [newest] = await patience.try(() => store.list({ limit: 1 }));
  if (newest !== undefined && newest.seq > endedAt) {
    throw new MoveRefused(
      `this move has ended, and the source has a newer job, ${newest.id}, which the target will not take over; ` +
        "stop whatever still enqueues there, and enqueue anew what came after the move",
    );
  }
  return { jobs: sum(await patience.try(() => store.counts())), copied: 0, left: 0 };
}

/** Whether the target has as many jobs of each state as were seen, and nothing came to the source meanwhile or runs there. */
async function isStill(source: Source, to: Store, { counts, lastSeq }: Round): Promise<boolean> {
  const { store, patience } = source;
  const there = await patience.try(() => to.counts());
  const [newest] = await patience.try(() => store.list({ limit: 1 }));
  const isComplete =
    (newest?.seq ?? 0) === lastSeq && JOB_STATES.every((state) => there[state] === counts[state]);
  return isComplete && (counts.running === 0 || (await isDrained(source)));
}

/** A number above that of any worker that holds a job of the source. */
async function lastWorker({ store, patience }: Source): Promise<WorkerId> {
  const worker = await patience.try(() => store.join({ leaseMs: 30_000 }));
  await patience.try(() => store.leave(worker));
  return worker;
}

function stillChanging({ differed, example = "and more came" }: Round): MoveRefused {
  return new MoveRefused(
    `the source still changes: ${differed} jobs differed when all were compared for the ${MOST_ROUNDS}th time, ${example}; ` +
      "stop what enqueues and works there, let queue.doctor() look for damaged rows, and run the move again",
  );
}
