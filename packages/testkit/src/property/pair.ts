import type { Committed, Job, Store, Write } from "@turno/core";
import { START } from "../bench.ts";
import { Model } from "../model/model.ts";
import type { StoreUnderTest } from "../store-under-test.ts";
import { expectSame } from "./expect-same.ts";

/** So many of the copies that were once handed out are kept, to be settled too late. */
const OLD_COPIES = 30;

/** A store and the model, to which the same is done; what differs throws. */
export class Pair {
  readonly model: Model;
  now = START;
  /** What jobs once were: each has moved on since. */
  readonly oldCopies: Job[] = [];
  readonly #subject: StoreUnderTest;
  #stores: readonly Store[];
  #turn = 0;

  private constructor(subject: StoreUnderTest, stores: readonly Store[], salt: number) {
    this.#subject = subject;
    this.#stores = stores;
    this.model = new Model(salt);
  }

  static async open(subject: StoreUnderTest): Promise<Pair> {
    const first = await subject.open();
    const second = await subject.openSecond?.(first);
    const pair = new Pair(subject, second === undefined ? [first] : [first, second], first.salt);
    await pair.join(30_000);
    await pair.join(30_000);
    return pair;
  }

  /** The store, or where there are two connections to it, now the one and now the other. */
  get store(): Store {
    this.#turn += 1;
    return this.#stores[this.#turn % this.#stores.length] as Store;
  }

  async close(): Promise<void> {
    for (const store of this.#stores) await store.close();
  }

  async join(leaseMs: number): Promise<void> {
    const id = await this.store.join({ leaseMs });
    const record = (await this.store.workers()).find((worker) => worker.id === id);
    this.model.join(id, leaseMs, record?.beat ?? Number.NaN);
  }

  /** Commits to both; `expected` is what the model makes of the jobs that are replaced. */
  async commit(write: Write, expected: readonly Job[] = []): Promise<Committed> {
    const before = [...this.model.jobs.values()];
    const answer = await this.store.commit(write);
    const right = this.model.commit({ ...write, replace: expected }, answer);
    expectSame(answer, right, "what the commit answered");
    const left = before.filter(
      ({ seq, revision }) => this.model.jobs.get(seq)?.revision !== revision,
    );
    this.oldCopies.push(...left);
    this.oldCopies.splice(0, this.oldCopies.length - OLD_COPIES);
    return answer;
  }

  /** Closes the store and opens it again. Stores of a single holder give up all workers then. */
  async reopen(): Promise<void> {
    const { reopen } = this.#subject;
    const [first, ...others] = this.#stores;
    if (reopen === undefined || first === undefined) return;
    for (const store of others) await store.close();
    this.#stores = [];
    this.#stores = [await reopen.call(this.#subject, first)];
    const second = await this.#subject.openSecond?.(this.store);
    if (second !== undefined) this.#stores = [this.store, second];
    if ((await this.store.workers()).length === 0) this.model.workers.clear();
    expectSame(this.store.salt, this.model.salt, "the salt after opening again");
  }

  /** Looks whether both hold the same, in all that can be asked. */
  async compare(): Promise<void> {
    const { store, model } = this;
    const everything = { limit: 100_000 };
    const jobs = model.list(everything);
    expectSame(await store.list(everything), jobs, "the jobs");
    const seqs = jobs.map(({ seq }) => seq);
    const nobody = (seqs[0] ?? 0) + 1_000;
    const found = await store.get([...seqs, nobody, ...seqs.slice(0, 1)]);
    expectSame(found, [...jobs, undefined, ...jobs.slice(0, 1)], "the jobs by row number");
    const asked = [...seqs, nobody, ...this.oldCopies.map(({ seq }) => seq)];
    const right = asked.map((seq) => model.notes.get(seq));
    expectSame(await store.notes(asked), right, "the notes");
    expectSame(await store.counts(), model.counts(), "the counts");
    expectSame(
      await store.nextDueAt(),
      model.nextDueAt(),
      "the next instant at which a job is due",
    );
    expectSame((await store.pause()).toSorted(), [...model.paused].sort(), "the paused types");
    const workers = (await store.workers()).map(({ id, beat, leaseMs }) => ({ id, beat, leaseMs }));
    workers.sort((a, b) => a.id - b.id);
    const known = Array.from(model.workers, ([id, worker]) => ({ id, ...worker }));
    expectSame(workers, known, "the workers");
  }
}
