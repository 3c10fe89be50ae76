import type { Added, ClaimRequest, Committed, Job, NewJob, RunningJob, Write } from "@turno/core";
import type { FaultyStores } from "./faulty-stores.ts";
import { PlainStore } from "../plain-store.ts";

/** Faults in writing jobs, and in their unique keys. */
export const faultyWrites: FaultyStores = {
  // The order of a commit
  "claims before it writes": () =>
    new (class extends PlainStore {
      override async commit({ now, claim, ...write }: Write): Promise<Committed> {
        const { claimed, workerKnown } = await super.commit({ now, claim });
        return { ...(await super.commit({ now, ...write })), claimed, workerKnown };
      }
    })(),
  "adds before it replaces": () =>
    new (class extends PlainStore {
      override async commit({ now, add, ...write }: Write): Promise<Committed> {
        const { added } = await super.commit({ now, add });
        return { ...(await super.commit({ now, ...write })), added };
      }
    })(),
  "answers in another order": () =>
    new (class extends PlainStore {
      override async commit(write: Write): Promise<Committed> {
        const { replaced, ...others } = await super.commit(write);
        return { replaced: replaced.toReversed(), ...others };
      }
    })(),

  // Revisions
  "does not look at the revision": () =>
    new (class extends PlainStore {
      protected override isStale = () => false;
    })(),
  "takes any later revision": () =>
    new (class extends PlainStore {
      protected override isStale = (stored: Job, job: Job) => job.revision <= stored.revision;
    })(),
  "settles by id and state alone": () =>
    new (class extends PlainStore {
      protected override isStale = (stored: Job) => stored.state !== "running";
    })(),
  "lets the second write of a job in one commit win": () =>
    new (class extends PlainStore {
      #before = new Map<number, Job>();
      protected override beginCommit = () => (this.#before = new Map(this.jobs));
      protected override isStale = (stored: Job, job: Job) =>
        (this.#before.get(job.seq) ?? stored).revision !== job.revision - 1;
    })(),
  "sets the revision back": () =>
    new (class extends PlainStore {
      protected override write = (job: Job) =>
        this.jobs.set(
          job.seq,
          job.state === "pending" && job.attempt === 0 ? { ...job, revision: 1 } : job,
        );
    })(),
  "does not raise the revision at a claim": () =>
    new (class extends PlainStore {
      protected override start(...started: Parameters<PlainStore["start"]>): RunningJob {
        return { ...super.start(...started), revision: started[0].revision };
      }
    })(),
  "raises the revision when a job becomes due": () =>
    new (class extends PlainStore {
      protected override makeDueReady(request: ClaimRequest, now: number) {
        const before = new Map(this.jobs);
        super.makeDueReady(request, now);
        for (const [seq, job] of this.jobs) {
          if (before.get(seq) !== job) this.jobs.set(seq, { ...job, revision: job.revision + 1 });
        }
      }
    })(),

  // Unique keys
  "does not know unique keys": () =>
    new (class extends PlainStore {
      protected override holds = () => false;
    })(),
  "takes a key from who holds it at a retry": () =>
    new (class extends PlainStore {
      protected override replace(job: Job) {
        const holder = this.holderOf(job);
        if (holder !== undefined && holder.seq !== job.seq) {
          this.jobs.set(holder.seq, { ...holder, uniqueKey: undefined });
        }
        return super.replace(job);
      }
    })(),
  "says that a job's key is taken before it says that the job is stale": () =>
    new (class extends PlainStore {
      protected override replace(job: Job) {
        const holder = this.holderOf(job);
        if (holder !== undefined && holder.seq !== job.seq) return { keyHeldBy: holder.id };
        return super.replace(job);
      }
    })(),
  "compares keys across types": () =>
    new (class extends PlainStore {
      protected override isSameKey = (a: { uniqueKey?: unknown }, b: { uniqueKey?: unknown }) =>
        a.uniqueKey === b.uniqueKey;
    })(),
  "frees a key until pruned when its job is finished": () =>
    new (class extends PlainStore {
      protected override holds(job: Parameters<PlainStore["holderOf"]>[0]): boolean {
        return super.holds({ ...job, uniqueUntil: "finished" });
      }
    })(),
  "frees no key before its job is pruned": () =>
    new (class extends PlainStore {
      protected override holds(job: Parameters<PlainStore["holderOf"]>[0]): boolean {
        return super.holds({ ...job, uniqueUntil: "pruned" });
      }
    })(),
  "looks for taken keys only among those of earlier commits": () =>
    new (class extends PlainStore {
      #lastBefore = 0;
      protected override beginCommit = () => (this.#lastBefore = this.lastSeq);
      protected override add(job: NewJob): Added {
        const holder = this.holderOf({ ...job, state: "pending" });
        if (holder === undefined || holder.seq <= this.#lastBefore) return super.add(job);
        const { id } = super.add({ ...job, uniqueKey: undefined });
        return { id, added: true };
      }
    })(),
  "forgets the key of a job that is finished": () =>
    new (class extends PlainStore {
      protected override write = (job: Job) =>
        this.jobs.set(job.seq, "finishedAt" in job ? { ...job, uniqueKey: undefined } : job);
    })(),
};
