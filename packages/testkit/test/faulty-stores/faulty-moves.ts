import type { AdoptedBatch, AdoptedJob, AdoptedSource, WorkerId } from "@turno/core";
import { PlainStore } from "../plain-store.ts";
import type { FaultyStores } from "./faulty-stores.ts";

type Last = { readonly seq: number; readonly worker: WorkerId };

/** Faults in taking over the jobs of another store, which no sequence of commands shows. */
export const faultyMoves: FaultyStores = {
  "keeps its own salt": () =>
    new (class extends PlainStore {
      protected override begin(source: AdoptedSource) {
        const { salt } = this;
        const adoption = super.begin(source);
        this.salt = salt;
        return adoption;
      }
    })(),
  "is moved into though it has workers": () =>
    new (class extends PlainStore {
      protected override isUsed = () => this.lastSeq > 0;
    })(),
  "is moved into though it has jobs": () =>
    new (class extends PlainStore {
      protected override isUsed = () => this.known.size > 0;
    })(),
  "pauses nothing": () =>
    new (class extends PlainStore {
      protected override pauseAll = () => {};
    })(),
  "pauses what the move itself has paused": () =>
    new (class extends PlainStore {
      protected override begin(source: AdoptedSource) {
        this.pauseAll(source);
        return super.begin(source);
      }
    })(),
  "counts no runs": () =>
    new (class extends PlainStore {
      protected override begin(source: AdoptedSource) {
        const adoption = { ...super.begin(source), run: 1 };
        this.move = adoption;
        return adoption;
      }
    })(),
  "goes on for a run that another has followed": () =>
    new (class extends PlainStore {
      protected override take(_run: number, batch: AdoptedBatch): void {
        super.take(this.move?.run ?? 0, batch);
      }
    })(),
  "ends for a run that another has followed": () =>
    new (class extends PlainStore {
      protected override end(_run: number, last: Last): void {
        super.end(this.move?.run ?? 0, last);
      }
    })(),
  "forgets the notes": () =>
    new (class extends PlainStore {
      protected override adopt({ job }: AdoptedJob): void {
        super.adopt({ job, notes: undefined });
      }
    })(),
  "keeps the notes of what was there before": () =>
    new (class extends PlainStore {
      protected override adopt(each: AdoptedJob): void {
        const before = this.noted.get(each.job.seq);
        super.adopt(each);
        if (before !== undefined) this.noted.set(each.job.seq, before);
      }
    })(),
  "counts the move as a write": () =>
    new (class extends PlainStore {
      protected override adopt({ job, notes }: AdoptedJob): void {
        super.adopt({ job: { ...job, revision: job.revision + 1 }, notes });
      }
    })(),
  "never overwrites": () =>
    new (class extends PlainStore {
      protected override adopt(each: AdoptedJob): void {
        if (!this.jobs.has(each.job.seq)) super.adopt(each);
      }
    })(),
  "makes ready what is not": () =>
    new (class extends PlainStore {
      protected override adopt({ job, notes }: AdoptedJob): void {
        super.adopt({ job: "ready" in job ? { ...job, ready: true } : job, notes });
      }
    })(),
  "keeps what is gone": () =>
    new (class extends PlainStore {
      protected override take(run: number, { jobs }: AdoptedBatch): void {
        super.take(run, { jobs, gone: [] });
      }
    })(),
  "keeps the old copy that holds a key": () =>
    new (class extends PlainStore {
      protected override adopt(each: AdoptedJob): void {
        const holder = this.holderOf(each.job);
        super.adopt(each);
        if (holder !== undefined) this.write(holder);
      }
    })(),
  "begins its numbers anew": () =>
    new (class extends PlainStore {
      protected override end(run: number, last: Last): void {
        super.end(run, { ...last, seq: 0 });
      }
    })(),
  "begins the numbers of workers anew": () =>
    new (class extends PlainStore {
      protected override end(run: number, last: Last): void {
        super.end(run, { ...last, worker: 0 });
      }
    })(),
  "goes on being moved into": () =>
    new (class extends PlainStore {
      protected override end(): void {}
    })(),
  "ends twice": () =>
    new (class extends PlainStore {
      protected override end(run: number, last: Last): void {
        this.move = { run, endedAt: undefined };
        super.end(run, last);
      }
    })(),
  ...Object.fromEntries(
    ["commit", "join", "pause", "prune"].map((method) => [
      `lets others ${method} while it is half moved`,
      () =>
        new (class extends PlainStore {
          protected override refuseWrites(called: string): void {
            if (called !== method) super.refuseWrites(called);
          }
        })(),
    ]),
  ),
};
