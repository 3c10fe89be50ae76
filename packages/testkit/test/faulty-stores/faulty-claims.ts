import type { ClaimRequest, Committed, Job, RunningJob, WaitingJob, Write } from "@turno/core";
import type { FaultyStores } from "./faulty-stores.ts";
import { PlainStore } from "../plain-store.ts";

/** Faults in what a claim takes, and in which order. */
export const faultyClaims: FaultyStores = {
  // The order of claims
  "ignores priority": () =>
    new (class extends PlainStore {
      protected override claimOrder = (a: WaitingJob, b: WaitingJob) =>
        a.runAt - b.runAt || a.seq - b.seq;
    })(),
  "claims the lowest priority first": () =>
    new (class extends PlainStore {
      protected override claimOrder = (a: WaitingJob, b: WaitingJob) =>
        a.priority - b.priority || a.runAt - b.runAt || a.seq - b.seq;
    })(),
  "ignores runAt": () =>
    new (class extends PlainStore {
      protected override claimOrder = (a: WaitingJob, b: WaitingJob) =>
        b.priority - a.priority || a.seq - b.seq;
    })(),
  "claims the newest of equals first": () =>
    new (class extends PlainStore {
      protected override claimOrder = (a: WaitingJob, b: WaitingJob) =>
        b.priority - a.priority || a.runAt - b.runAt || b.seq - a.seq;
    })(),
  "claims type by type": () =>
    new (class extends PlainStore {
      protected override claimOrder = (a: WaitingJob, b: WaitingJob) =>
        Number(a.type > b.type) - Number(a.type < b.type) ||
        b.priority - a.priority ||
        a.runAt - b.runAt ||
        a.seq - b.seq;
    })(),
  "claims retried jobs last": () =>
    new (class extends PlainStore {
      protected override claimOrder = (a: WaitingJob, b: WaitingJob) =>
        a.attempt - b.attempt || b.priority - a.priority || a.runAt - b.runAt || a.seq - b.seq;
    })(),

  // What a claim takes
  "ignores the limit": () =>
    new (class extends PlainStore {
      protected override picker(request: ClaimRequest) {
        return super.picker({ ...request, limit: 1_000, slots: request.slots ?? request.limit });
      }
    })(),
  "ignores limitOf": () =>
    new (class extends PlainStore {
      protected override picker(request: ClaimRequest) {
        return super.picker({ ...request, limitOf: undefined });
      }
    })(),
  "stops at a type that it has enough of": () =>
    new (class extends PlainStore {
      protected override picker(request: ClaimRequest) {
        const verdictOn = super.picker(request);
        return (job: WaitingJob) => (verdictOn(job) === "take" ? "take" : "stop");
      }
    })(),
  "ignores slots": () =>
    new (class extends PlainStore {
      protected override picker(request: ClaimRequest) {
        return super.picker({ ...request, slots: undefined });
      }
    })(),
  "passes over a job that the slots keep back": () =>
    new (class extends PlainStore {
      protected override picker(request: ClaimRequest) {
        const verdictOn = super.picker(request);
        return (job: WaitingJob) => (verdictOn(job) === "take" ? "take" : "skip type");
      }
    })(),
  "ignores the types that are asked for": () =>
    new (class extends PlainStore {
      protected override claimable({ types: _, ...request }: ClaimRequest, now: number) {
        return super.claimable(request, now);
      }
    })(),
  "claims a paused type": () =>
    new (class extends PlainStore {
      protected override claimable(request: ClaimRequest, now: number) {
        const paused = [...this.paused];
        this.paused.clear();
        const claimable = super.claimable(request, now);
        for (const type of paused) this.paused.add(type);
        return claimable;
      }
    })(),
  "claims a paused type where it is asked for": () =>
    new (class extends PlainStore {
      protected override claimable(request: ClaimRequest, now: number) {
        const paused = [...this.paused];
        for (const type of request.types ?? []) this.paused.delete(type);
        const claimable = super.claimable(request, now);
        for (const type of paused) this.paused.add(type);
        return claimable;
      }
    })(),
  "lets a worker claim that is not known": () =>
    new (class extends PlainStore {
      override async commit(write: Write): Promise<Committed> {
        const stranger = write.claim !== undefined && !this.known.has(write.claim.worker);
        if (stranger) this.known.set(write.claim.worker, { beat: 0, leaseMs: 1 });
        const committed = await super.commit(write);
        if (stranger) this.known.delete(write.claim.worker);
        return committed;
      }
    })(),
  "does not charge the attempt at a claim": () =>
    new (class extends PlainStore {
      protected override start(...started: Parameters<PlainStore["start"]>): RunningJob {
        return { ...super.start(...started), attempt: Math.max(1, started[0].attempt) };
      }
    })(),
  "hands out jobs that it does not mark as running": () =>
    new (class extends PlainStore {
      protected override claim(request: ClaimRequest, now: number) {
        const before = new Map(this.jobs);
        const claimed = super.claim(request, now);
        for (const { seq } of claimed) this.jobs.set(seq, before.get(seq) as Job);
        return claimed;
      }
    })(),
};
