import { compareClaimOrder, type Job, type ListFilter, type PruneBefore } from "@turno/core";
import { PlainStore } from "../plain-store.ts";
import type { FaultyStores } from "./faulty-stores.ts";

/** Faults in what a store tells of its jobs, and in which it deletes. */
export const faultyViews: FaultyStores = {
  // Lists
  "lists the oldest first": () =>
    new (class extends PlainStore {
      protected override listOrder = (a: Job, b: Job) => a.seq - b.seq;
    })(),
  "lists in claim order": () =>
    new (class extends PlainStore {
      protected override listOrder = compareClaimOrder;
    })(),
  "begins a page with the last job of the one before": () =>
    new (class extends PlainStore {
      protected override passes(job: Job, { beforeSeq = Infinity, ...filter }: ListFilter) {
        return super.passes(job, { ...filter, beforeSeq: beforeSeq + 1 });
      }
    })(),
  "lists every running job as orphaned": () =>
    new (class extends PlainStore {
      protected override passes(job: Job, { orphaned, ...filter }: ListFilter) {
        return super.passes(job, filter) && (orphaned !== true || job.state === "running");
      }
    })(),
  "leaves the states aside where types are given": () =>
    new (class extends PlainStore {
      protected override passes(job: Job, { states, ...filter }: ListFilter) {
        return super.passes(job, filter.types === undefined ? { states, ...filter } : filter);
      }
    })(),
  "takes an empty list of states for all": () =>
    new (class extends PlainStore {
      protected override passes(job: Job, { states, ...filter }: ListFilter) {
        return super.passes(job, states?.length === 0 ? filter : { states, ...filter });
      }
    })(),
  "answers get in its own order": () =>
    new (class extends PlainStore {
      override async get(seqs: readonly number[]) {
        return await super.get(seqs.toSorted((a, b) => a - b));
      }
    })(),
  "leaves out of get what is not there": () =>
    new (class extends PlainStore {
      override async get(seqs: readonly number[]) {
        return (await super.get(seqs)).filter((job) => job !== undefined);
      }
    })(),
  "leaves a state out of its counts where there is none": () =>
    new (class extends PlainStore {
      override async counts() {
        const counts = Object.entries(await super.counts());
        return Object.fromEntries(counts.filter(([, count]) => count > 0)) as never;
      }
    })(),
  "counts failed jobs as pending": () =>
    new (class extends PlainStore {
      override async counts() {
        const { failed, pending, ...others } = await super.counts();
        return { failed: 0, pending: pending + failed, ...others };
      }
    })(),
  "answers pause with the types that were paused before": () =>
    new (class extends PlainStore {
      override async pause(change?: { readonly type: string; readonly paused: boolean }) {
        const before = await super.pause();
        await super.pause(change);
        return before;
      }
    })(),

  // Pruning
  "prunes the newest job": () =>
    new (class extends PlainStore {
      protected override mayGo(job: Job, before: PruneBefore) {
        return super.mayGo({ ...job, seq: -1 }, before);
      }
    })(),
  "gives the numbers of pruned jobs once more": () =>
    new (class extends PlainStore {
      protected override mayGo(job: Job, before: PruneBefore) {
        return super.mayGo({ ...job, seq: -1 }, before);
      }
      protected override nextSeq = () => (this.all().at(-1)?.seq ?? 0) + 1;
    })(),
  "prunes jobs that failed": () =>
    new (class extends PlainStore {
      protected override mayGo(job: Job, before: PruneBefore) {
        const dead = { ...job, state: "dead", finishedAt: job.claimedAt } as Job;
        return super.mayGo(job.state === "failed" ? dead : job, before);
      }
    })(),
  "prunes all states at the instant of the first": () =>
    new (class extends PlainStore {
      protected override mayGo(job: Job, before: PruneBefore) {
        const [instant] = Object.values(before);
        if (instant === undefined) return false;
        return super.mayGo(job, { completed: instant, dead: instant, cancelled: instant });
      }
    })(),
  "keeps what finished at the very instant": () =>
    new (class extends PlainStore {
      protected override mayGo(job: Job, before: PruneBefore) {
        const earlier = Object.entries(before).map(([state, instant]) => [state, instant - 1]);
        return super.mayGo(job, Object.fromEntries(earlier));
      }
    })(),
  "prunes more than the limit": () =>
    new (class extends PlainStore {
      override async prune({ before }: { readonly before: PruneBefore }) {
        return await super.prune({ before, limit: 1_000 });
      }
    })(),
  "says that it has pruned as much as it was allowed": () =>
    new (class extends PlainStore {
      override async prune({
        before,
        limit,
      }: {
        readonly before: PruneBefore;
        readonly limit: number;
      }) {
        const pruned = await super.prune({ before, limit });
        return pruned === 0 ? 0 : limit;
      }
    })(),
};
