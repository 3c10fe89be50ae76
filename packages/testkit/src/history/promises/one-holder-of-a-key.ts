import type { HandIn } from "../call-history.ts";
import { time } from "../describe.ts";
import type { SeenJob } from "../event.ts";
import { earliestFinish, knownFinish, mayHaveDiedUnseen } from "../finish.ts";
import type { History } from "../history.ts";
import { SLACK_MS } from "../slack.ts";

/** A unique key is held by one live job of its type, and who is refused for it is told of that one. */
export function* oneHolderOfAKey(history: History): Generator<string> {
  const byKey = new Map<string, HandIn[]>();
  for (const same of history.handIns.values())
    for (const handIn of same) {
      const { uniqueKey, type } = handIn.job;
      if (uniqueKey === undefined) continue;
      const key = `${type} ${uniqueKey}`;
      const others = byKey.get(key);
      if (others === undefined) byKey.set(key, [handIn]);
      else others.push(handIn);
    }
  for (const handIns of byKey.values()) {
    yield* oneAfterTheOther(history, handIns);
    for (const handIn of handIns) yield* namesTheHolder(history, handIn, handIns);
  }
  for (const { jobs, at } of history.sightings)
    yield* holdersDiffer(jobs, `at ${time(history, at)}`);
  yield* holdersDiffer(history.finalJobs, "in the end");
}

function* oneAfterTheOther(history: History, handIns: readonly HandIn[]): Generator<string> {
  const added = handIns
    .flatMap(({ as, call }) => (as?.added === true ? { id: as.id, call } : []))
    .sort((a, b) => a.call.answeredAt - b.call.answeredAt);
  const isFree = (id: string, by: number) => {
    const job = history.jobs.get(id);
    if (job === undefined) return true;
    return earliestFinish(history, job) - SLACK_MS <= by || mayHaveDiedUnseen(history, job, by);
  };
  for (const [index, second] of added.entries()) {
    const first = added[index - 1];
    if (first === undefined || first.id === second.id) continue;
    if (isFree(first.id, second.call.answeredAt)) continue;
    // Who was answered first need not have been first.
    const isOtherOrder =
      second.call.invokedAt < first.call.answeredAt && isFree(second.id, first.call.answeredAt);
    if (!isOtherOrder)
      yield `job ${second.id} was added at ${time(history, second.call.answeredAt)}, though job ${first.id}, added at ${time(history, first.call.answeredAt)}, had the same key and nothing can have finished it`;
  }
}

function* namesTheHolder(
  history: History,
  { as, call, job: wanted }: HandIn,
  handIns: readonly HandIn[],
): Generator<string> {
  if (as === undefined || as.added) return;
  const told = `${call.process} was told at ${time(history, call.answeredAt)} that job ${as.id} has the key ${wanted.uniqueKey}`;
  const holder = history.jobs.get(as.id);
  if (holder?.handIn === undefined) {
    const isUnsure = handIns.some((other) => other.as === undefined && !other.call.isRefused);
    const isOwn = handIns.some((other) => other === holder?.presumed);
    // One that never ran may have been pruned before anybody saw what it was.
    const isUnseen =
      holder === undefined ? history.terms.retentionMs !== undefined : holder.payload === undefined;
    if (!isUnsure && !isOwn && !isUnseen) yield `${told}, but nobody handed that in`;
    return;
  }
  const { type, uniqueKey, uniqueUntil } = holder.handIn.job;
  if (type !== wanted.type || uniqueKey !== wanted.uniqueKey) yield `${told}, which is not so`;
  if (holder.handIn.call.invokedAt > call.answeredAt) yield `${told}, before it was handed in`;
  if (uniqueUntil === "pruned" || holder.mayHaveBeenRetried) return;
  const at = knownFinish(holder);
  if (at < call.invokedAt) yield `${told}, though that was finished by ${time(history, at)}`;
}

function* holdersDiffer(jobs: readonly SeenJob[], when: string): Generator<string> {
  const holders = new Map<string, string>();
  for (const { id, type, holdsKey } of jobs) {
    if (holdsKey === undefined) continue;
    const key = `${type} ${holdsKey}`;
    const other = holders.get(key);
    if (other !== undefined && other !== id)
      yield `jobs ${other} and ${id} of type ${type} both hold the key ${holdsKey} ${when}`;
    holders.set(key, id);
  }
}
