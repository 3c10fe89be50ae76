import type { Job, NewJob, RunningJob, WaitingJob } from "@turno/core";
import { PlainStore } from "../plain-store.ts";
import type { FaultyStores } from "./faulty-stores.ts";

/** Faults in how a job is kept. */
export const faultyRecords: FaultyStores = {
  "forgets the result": () =>
    new (class extends PlainStore {
      protected override write = (job: Job) =>
        this.jobs.set(job.seq, { ...job, result: undefined } as Job);
    })(),
  "keeps only the last failure": () =>
    new (class extends PlainStore {
      protected override write = (job: Job) =>
        this.jobs.set(job.seq, { ...job, failures: job.failures.slice(-1) });
    })(),
  "keeps the worker of a job that it does not hold any more": () =>
    new (class extends PlainStore {
      protected override write = (job: Job) =>
        this.jobs.set(job.seq, {
          worker: (this.jobs.get(job.seq) as RunningJob).worker,
          ...job,
        } as Job);
    })(),
  "keeps runAt as it was first": () =>
    new (class extends PlainStore {
      protected override write = (job: Job) =>
        this.jobs.set(job.seq, { ...job, runAt: this.jobs.get(job.seq)?.runAt ?? 0 });
    })(),
  "makes a job pending that waits after a failure": () =>
    new (class extends PlainStore {
      protected override write = (job: Job) =>
        this.jobs.set(job.seq, job.state === "failed" ? { ...job, state: "pending" } : job);
    })(),
  "makes every job ready that is sent back to wait": () =>
    new (class extends PlainStore {
      protected override write = (job: Job) =>
        this.jobs.set(job.seq, "ready" in job ? { ...job, ready: true } : job);
    })(),
  "forgets the backoff": () =>
    new (class extends PlainStore {
      protected override add = (job: NewJob) => super.add({ ...job, backoff: undefined });
    })(),
  "forgets the timeout": () =>
    new (class extends PlainStore {
      protected override add = (job: NewJob) => super.add({ ...job, timeoutMs: undefined });
    })(),
  "tidies payloads up": () =>
    new (class extends PlainStore {
      protected override add = (job: NewJob) =>
        super.add({ ...job, payload: JSON.stringify(JSON.parse(job.payload)) });
    })(),
};

/** Faults that only an example is sure to come upon: they show in numbers and texts that random commands are spared. */
export const subtlyFaulty: FaultyStores = {
  "makes all due jobs ready at once": () =>
    new (class extends PlainStore {
      protected override makeDueReady(...request: Parameters<PlainStore["claim"]>) {
        for (let round = 0; round < 3; round++) super.makeDueReady(...request);
      }
    })(),
  "makes the latest of the due jobs ready first": () =>
    new (class extends PlainStore {
      protected override dueOrder = (a: WaitingJob, b: WaitingJob) =>
        b.runAt - a.runAt || b.seq - a.seq;
    })(),
  "cuts a payload at a NUL": () =>
    new (class extends PlainStore {
      protected override add = (job: NewJob) =>
        super.add({ ...job, payload: job.payload.replace(/\\u0000.*/, '"') });
    })(),
  "keeps no payload of 1 MiB": () =>
    new (class extends PlainStore {
      protected override add = (job: NewJob) =>
        super.add({ ...job, payload: job.payload.slice(0, 300_000) });
    })(),
  "keeps instants in 48 bits": () =>
    new (class extends PlainStore {
      protected override add = (job: NewJob) => super.add({ ...job, runAt: job.runAt % 2 ** 48 });
    })(),
  "compares keys without regard to case": () =>
    new (class extends PlainStore {
      protected override isSameKey = (a: Pick<Job, "uniqueKey" | "type">, b: typeof a) =>
        a.type === b.type && a.uniqueKey?.toLowerCase() === b.uniqueKey?.toLowerCase();
    })(),
  "composes the characters of keys": () =>
    new (class extends PlainStore {
      protected override isSameKey = (a: Pick<Job, "uniqueKey" | "type">, b: typeof a) =>
        a.type === b.type && a.uniqueKey?.normalize() === b.uniqueKey?.normalize();
    })(),
  "hands out what it keeps": () =>
    new (class extends PlainStore {
      protected override handOut = <T>(jobs: T) => jobs;
    })(),
  "keeps what was handed in": () =>
    new (class extends PlainStore {
      override async commit({ now, replace, ...write }: Parameters<PlainStore["commit"]>[0]) {
        const committed = await super.commit({ now, replace, ...write });
        for (const job of replace ?? []) {
          if (this.jobs.get(job.seq)?.revision === job.revision) this.jobs.set(job.seq, job);
        }
        return committed;
      }
    })(),
};
