import type { ListFilter, PruneBefore, Store, WorkerId, Write } from "@turno/core";
import { turns } from "../../src/turns.ts";
import type { SharedStore } from "./shared-store.ts";

/** A way to shared data: a call takes a turn of the event loop to get there, and another to come back. */
export class Connection implements Store {
  readonly data: SharedStore;
  readonly salt: number;
  isKilled = false;

  constructor(data: SharedStore) {
    this.data = data;
    this.salt = data.salt;
    data.alive.add(this);
  }

  commit = (write: Write) =>
    this.#call(
      () => this.data.commitOver(this, write),
      () => this.data.tooLate(write),
    );
  join = (worker: { readonly leaseMs: number }) =>
    this.#call(() => this.data.joinOver(this, worker));
  beat = (worker: WorkerId) => this.#call(() => this.data.beat(worker));
  leave = (worker: WorkerId, beat?: number) => this.#call(() => this.data.leave(worker, beat));
  workers = () => this.#call(() => this.data.workers());
  get = (seqs: readonly number[]) => this.#call(() => this.data.get(seqs));
  notes = (seqs: readonly number[]) => this.#call(() => this.data.notes(seqs));
  list = (filter: ListFilter) => this.#call(() => this.data.list(filter));
  counts = () => this.#call(() => this.data.counts());
  nextDueAt = () => this.#call(() => this.data.nextDueAt());
  pause = (change?: { readonly type: string; readonly paused: boolean }) =>
    this.#call(() => this.data.pause(change));
  prune = (request: { readonly before: PruneBefore; readonly limit: number }) =>
    this.#call(() => this.data.prune(request));

  async close(): Promise<void> {
    if (this.isKilled) throw new Error("a connection that was killed cannot be closed");
    this.data.alive.delete(this);
  }

  kill(): void {
    this.isKilled = true;
    this.data.alive.delete(this);
    this.data.killed(this);
  }

  async #call<T>(work: () => Promise<T>, tooLate: () => void = () => undefined): Promise<T> {
    await turns(1);
    if (this.isKilled) {
      tooLate();
      return await never;
    }
    const answer = await work();
    await turns(1);
    return this.isKilled ? await never : answer;
  }
}

const never = new Promise<never>(() => undefined);
