import type { HandedIn } from "@turno/testkit";

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A call that may have changed something, from when it was made until it was answered. */
export interface CallSpan extends Span {
  /** Whether it did; undefined where nobody knows. */
  readonly did: boolean | undefined;
}

/** A call that deletes finished jobs. */
export interface Pruning extends CallSpan {
  /** When the newest job began to be added that certainly was there before: it is not pruned, older ones are. */
  readonly newestFrom: number;
}

/** What a history tells of one job that has a unique key. */
export interface KeyJob {
  readonly id: string;
  /** Its type and its key. */
  readonly key: string;
  readonly isUntilPruned: boolean;
  readonly added: Span;
  /** When handlers returned, or threw what buries the job. */
  readonly ends: number[];
  /** When a worker told that the job was completed, or dead. */
  readonly tells: number[];
  readonly cancels: CallSpan[];
  readonly retries: CallSpan[];
}

/** The moments from which on, until which, a job is known to have held its key. All of its prunings are calls. */
export function* certainlyHeld(job: KeyJob, prunings: readonly CallSpan[]): Generator<Span> {
  const begins = [job.added, ...job.retries.filter(({ did }) => did === true)];
  for (const begin of begins) {
    const to = releasedAfter(job, begin.from, prunings);
    if (to > begin.to) yield { from: begin.to, to };
  }
}

/** The first moment from `from` on at which it may have lost its key. */
function releasedAfter(job: KeyJob, from: number, prunings: readonly CallSpan[]): number {
  const finishedAt = Math.min(
    ...job.ends.filter((at) => at >= from),
    ...job.cancels.filter((call) => mayHave(call, from)).map((call) => Math.max(call.from, from)),
  );
  if (!job.isUntilPruned) return finishedAt;
  const after = prunings.filter((call) => mayHave(call, finishedAt));
  return Math.min(...after.map((call) => Math.max(call.from, finishedAt)));
}

function mayHave({ did, to }: CallSpan, from: number): boolean {
  return did !== false && to >= from;
}

/** The spans in which a job is known not to have held its key. */
export function* certainlyFree(job: KeyJob, prunings: readonly Pruning[]): Generator<Span> {
  yield { from: Number.NEGATIVE_INFINITY, to: job.added.from };
  const retries = job.retries.filter(({ did }) => did !== false);
  for (const finish of finishes(job)) {
    const isUnclear = retries.some(({ from, to }) => from <= finish.to && to >= finish.from);
    if (isUnclear) continue;
    const to = Math.min(...retries.map(({ from }) => from).filter((from) => from > finish.to));
    if (!job.isUntilPruned) yield { from: finish.to, to };
    else yield* certainlyPruned(job, { from: finish.to, to }, prunings);
  }
}

/** From the first pruning on that found the job finished, if one did. */
function* certainlyPruned(
  { added }: KeyJob,
  finished: Span,
  prunings: readonly Pruning[],
): Generator<Span> {
  const pruning = prunings.find(
    ({ from, did, newestFrom }) =>
      from > finished.from && did !== undefined && newestFrom > added.to,
  );
  if (pruning !== undefined && pruning.to < finished.to)
    yield { from: pruning.to, to: Number.POSITIVE_INFINITY };
}

/** The spans in each of which it was finished. */
function* finishes({ tells, ends, cancels }: KeyJob): Generator<Span> {
  let before = Number.NEGATIVE_INFINITY;
  for (const to of tells) {
    const from = ends.find((at) => at > before && at <= to);
    if (from !== undefined) yield { from, to };
    before = to;
  }
  for (const call of cancels) if (call.did === true) yield call;
}

/** The key of a job that was handed in so, among those of all types. */
export function keyOf({ type, uniqueKey }: Pick<HandedIn, "type" | "uniqueKey">): string {
  return `${type} ${uniqueKey}`;
}
