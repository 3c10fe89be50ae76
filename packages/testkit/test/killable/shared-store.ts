import type { Committed, WorkerId, Write } from "@turno/core";
import { PlainStore } from "../plain-store.ts";

/** A connection, as the data see it. */
export interface Caller {
  readonly isKilled: boolean;
}

/**
 * The data that several connections share, and what happens where one is killed: in methods of their own, so that a
 * faulty one is this one with one method spoiled.
 */
export class SharedStore extends PlainStore {
  /** The connections that are open. */
  readonly alive = new Set<Caller>();
  protected readonly joinedOver = new Map<WorkerId, Caller>();

  async joinOver(connection: Caller, worker: { readonly leaseMs: number }): Promise<WorkerId> {
    const id = await this.join(worker);
    this.joinedOver.set(id, connection);
    return id;
  }

  /** Carries out what a connection was asked for before it was killed. */
  async commitOver(_connection: Caller, write: Write): Promise<Committed> {
    return await this.commit(write);
  }

  override async workers() {
    return (await super.workers()).map((worker) => ({ ...worker, gone: this.isGone(worker.id) }));
  }

  /** What a connection was asked for when it was too late. */
  tooLate(_write: Write): void {}

  /** A connection was killed. */
  killed(_connection: Caller): void {}

  protected isGone(worker: WorkerId): boolean {
    return this.joinedOver.get(worker)?.isKilled === true;
  }
}
