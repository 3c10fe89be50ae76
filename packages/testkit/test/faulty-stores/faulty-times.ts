import type { ClaimRequest, Instant, WaitingJob, WorkerId } from "@turno/core";
import { PlainStore } from "../plain-store.ts";
import type { FaultyStores } from "./faulty-stores.ts";

/** Faults in when a job is due, and in who is alive. */
export const faultyTimes: FaultyStores = {
  // Due
  "claims jobs before they are due": () =>
    new (class extends PlainStore {
      protected override isDue = () => true;
    })(),
  "holds a job back at the very instant at which it is due": () =>
    new (class extends PlainStore {
      protected override isDue = ({ runAt }: WaitingJob, now: Instant) => runAt < now;
    })(),
  "takes readiness back when the clock goes back": () =>
    new (class extends PlainStore {
      protected override isReady = ({ runAt }: WaitingJob, now: Instant) => runAt <= now;
    })(),
  "makes only jobs of the types ready that are asked for": () =>
    new (class extends PlainStore {
      #types: readonly string[] | undefined;
      protected override makeDueReady(request: ClaimRequest, now: Instant) {
        this.#types = request.types;
        super.makeDueReady(request, now);
      }
      protected override isDue(job: WaitingJob, now: Instant) {
        return super.isDue(job, now) && this.#types?.includes(job.type) !== false;
      }
    })(),
  "makes a failed job ready before its time": () =>
    new (class extends PlainStore {
      protected override isDue(job: WaitingJob, now: Instant) {
        return super.isDue(job, now) || (job.state === "failed" && job.runAt < now + 100);
      }
    })(),
  "says nothing of the next due job": () =>
    new (class extends PlainStore {
      override nextDueAt = async () => undefined;
    })(),
  "counts ready jobs among those that will be due": () =>
    new (class extends PlainStore {
      override async nextDueAt() {
        const instants = this.waiting().map(({ runAt }) => runAt);
        return instants.length === 0 ? undefined : Math.min(...instants);
      }
    })(),

  // Workers
  "lets a worker go that has beaten since": () =>
    new (class extends PlainStore {
      override async leave(worker: WorkerId) {
        return await super.leave(worker);
      }
    })(),
  "never lets a worker go whose beat is named": () =>
    new (class extends PlainStore {
      override async leave(worker: WorkerId, beat?: number) {
        return beat === undefined && (await super.leave(worker));
      }
    })(),
  "revives a worker that beats": () =>
    new (class extends PlainStore {
      override async leave(worker: WorkerId, beat?: number) {
        this.#former.add(worker);
        return await super.leave(worker, beat);
      }
      override async beat(worker: WorkerId) {
        if (this.#former.has(worker) && !this.known.has(worker)) {
          this.known.set(worker, { beat: 0, leaseMs: 1 });
        }
        return await super.beat(worker);
      }
      readonly #former = new Set<WorkerId>();
    })(),
  "does not count beats": () =>
    new (class extends PlainStore {
      override async beat(worker: WorkerId) {
        const reply = await super.beat(worker);
        const record = this.known.get(worker);
        if (record !== undefined) record.beat = 0;
        return reply;
      }
    })(),
  "takes a claim for a beat": () =>
    new (class extends PlainStore {
      protected override claim(request: ClaimRequest, now: Instant) {
        const record = this.known.get(request.worker);
        if (record !== undefined) record.beat += 1;
        return super.claim(request, now);
      }
    })(),
  "tells a worker of the jobs of all workers": () =>
    new (class extends PlainStore {
      protected override heldBy = () => this.all().filter(({ state }) => state === "running");
    })(),
  "tells a worker of the revision before its own": () =>
    new (class extends PlainStore {
      override async beat(worker: WorkerId) {
        const { known, holds } = await super.beat(worker);
        return {
          known,
          holds: holds.map(({ seq, revision }) => ({ seq, revision: revision - 1 })),
        };
      }
    })(),
  "gives a worker the number of one that has left": () =>
    new (class extends PlainStore {
      protected override nextWorker = () => Math.max(0, ...this.known.keys()) + 1;
    })(),
  "deletes what a worker held when it leaves": () =>
    new (class extends PlainStore {
      override async leave(worker: WorkerId, beat?: number) {
        const gone = await super.leave(worker, beat);
        if (gone) for (const { seq } of this.heldBy(worker)) this.jobs.delete(seq);
        return gone;
      }
    })(),
};
