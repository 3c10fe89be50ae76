import { type Committed, StoreFull, type Write } from "@turno/core";
import type { Spoil } from "./world.ts";

type Late = Promise<Committed>;

/** Stores that break a promise of theirs, so that queues and workers break one: each must be found out. */
export const spoiltStores: Readonly<Record<string, Spoil>> = {
  "says that it wrote what was stale": spoiltCommit(async (commit) => {
    const committed = await commit();
    return { ...committed, replaced: committed.replaced.map(() => "written") };
  }),
  "fails after it has written": spoiltCommit(async (commit, { add = [] }) => {
    const committed = await commit();
    if (add.length > 0) throw new StoreFull("no room");
    return committed;
  }),
  "starts a job twice": spoiltCommit(async (commit) => {
    const committed = await commit();
    return { ...committed, claimed: committed.claimed.flatMap((job) => [job, job]) };
  }),
  "never answers a claim that started nothing": spoiltCommit(async (commit, { claim }) => {
    const committed = await commit();
    if (claim !== undefined && committed.claimed.length === 0) await new Promise(() => {});
    return committed;
  }),
};

function spoiltCommit(spoil: (commit: () => Late, write: Write) => Late): Spoil {
  return (between) => (method, call, argument) => {
    const answer = () => between(method, call, argument);
    return method === "commit"
      ? spoil(async () => (await answer()) as Committed, argument)
      : answer();
  };
}
