import type { Awaitable, Committed, Job, Store, WorkerRecord, Write } from "@turno/core";
import { START } from "../bench.ts";
import { Model } from "../model/model.ts";
import type { StoreUnderTest } from "../store-under-test.ts";
import { Connections } from "./connections.ts";
import { differences, expectSame } from "./expect-same.ts";
import { turns, turnsUntil } from "../turns.ts";
import { until } from "../until.ts";

/** So many of the copies that were once handed out are kept, to be settled too late. */
const OLD_COPIES = 30;

const EVERYTHING = { limit: 100_000 };

/** A store and the model, to which the same is done; what differs throws. */
export class Pair {
  readonly connections: Connections;
  now = START;
  /** What jobs once were: each has moved on since. */
  readonly oldCopies: Job[] = [];
  #model: Model;
  /** Over which connection a worker has joined. */
  readonly #homes = new Map<number, Store>();
  #commitTurns = 0;

  private constructor(connections: Connections) {
    this.connections = connections;
    this.#model = new Model(connections.at(0).salt);
  }

  static async open(subject: StoreUnderTest): Promise<Pair> {
    const pair = new Pair(await Connections.open(subject));
    await pair.join(30_000);
    await pair.join(30_000);
    return pair;
  }

  get model(): Model {
    return this.#model;
  }

  /** The store, or where there are two connections to it, now the one and now the other. */
  get store(): Store {
    return this.connections.next;
  }

  async close(): Promise<void> {
    await this.connections.close();
  }

  async join(leaseMs: number, home: Store = this.store): Promise<void> {
    const id = await home.join({ leaseMs });
    const record = (await this.store.workers()).find((worker) => worker.id === id);
    this.model.join(id, leaseMs, record?.beat ?? Number.NaN);
    this.#homes.set(id, home);
  }

  /** Commits to both; `expected` is what the model makes of the jobs that are replaced. */
  async commit(write: Write, expected: readonly Job[]): Promise<void> {
    this.follow(write, expected, await this.#timed(this.store.commit(write)));
  }

  /** Waits for so many eighths of what the last commit took: each moment of a commit then comes, whatever the store. */
  async waitEighths(eighths: number): Promise<void> {
    await turns(Math.round((this.#commitTurns * eighths) / 8));
  }

  /** Commits to the model what the store was given, and holds the store's answer to the model's. */
  follow(write: Write, expected: readonly Job[], answer: Committed): void {
    const before = [...this.model.jobs.values()];
    const right = this.model.commit({ ...write, replace: expected }, answer);
    expectSame(answer, right, "what the commit answered");
    this.#keepOldCopies(before);
  }

  /** Looks whether the store has done what nobody has heard the answer to. */
  async followInDoubt(write: Write, expected: readonly Job[]): Promise<void> {
    const { model, store } = this;
    const found = await contentsOf(store);
    if (differences(found, contentsOfModel(model)).length === 0) return;
    const done = model.copy();
    done.commit({ ...write, replace: expected }, unheardAnswer(write, found.jobs, model));
    expectSame(
      found,
      contentsOfModel(done),
      "what is left of a commit whose connection was killed, which is done as a whole or not at all",
    );
    this.#model = done;
    this.#keepOldCopies([...model.jobs.values()]);
  }

  /** Closes the store and opens it again. Stores of a single holder give up all workers then. */
  async reopen(): Promise<void> {
    if (!(await this.connections.reopen())) return;
    if ((await this.store.workers()).length === 0) this.model.workers.clear();
    expectSame(this.store.salt, this.model.salt, "the salt after opening again");
  }

  /** Kills one of two connections, and opens another in its place. */
  async kill(which: number): Promise<void> {
    if (!this.connections.canBeKilled) return;
    const victims = [this.connections.at(which)];
    await this.connections.kill(victims);
    await this.replaceKilled(victims);
  }

  /** Kills all connections, and opens the data again. */
  async reload(): Promise<void> {
    if (!this.connections.canBeKilled) return;
    const victims = [this.connections.at(0), this.connections.at(1)];
    await this.connections.kill(victims);
    await this.replaceKilled(victims);
  }

  /**
   * Opens other connections, waits until the workers of those that were killed are gone or given up, and joins anew as
   * who starts again does.
   */
  async replaceKilled(victims: readonly Store[]): Promise<void> {
    await this.connections.replace(victims);
    expectSame(this.store.salt, this.model.salt, "the salt after a kill");
    const lost = [...this.model.workers.keys()].filter((id) =>
      victims.some((victim) => victim === this.#homes.get(id)),
    );
    const left = await until(
      "the workers of a killed connection are gone or given up",
      async () => {
        const workers = (await this.store.workers()).filter(({ id }) => lost.includes(id));
        return workers.every(({ gone }) => gone) ? workers : undefined;
      },
    );
    for (const id of lost) {
      if (!left.some((worker) => worker.id === id)) this.model.leave(id, undefined);
    }
    await this.join(30_000, this.connections.at(1));
  }

  /** Looks whether both hold the same, in all that can be asked. */
  async compare(): Promise<void> {
    const { store, model } = this;
    const jobs = model.list(EVERYTHING);
    expectSame(await store.list(EVERYTHING), jobs, "the jobs");
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
    this.#compareWorkers(await store.workers());
  }

  #compareWorkers(records: readonly WorkerRecord[]): void {
    const workers = records.map(({ id, beat, leaseMs }) => ({ id, beat, leaseMs }));
    workers.sort((a, b) => a.id - b.id);
    const known = Array.from(this.model.workers, ([id, worker]) => ({ id, ...worker }));
    expectSame(workers, known, "the workers");
    const living = records.filter(({ id, gone }) => {
      const home = this.#homes.get(id);
      return gone && home !== undefined && this.connections.isOpen(home);
    });
    expectSame(living, [], "the workers that are gone though their connection is open");
  }

  async #timed<T>(work: Awaitable<T>): Promise<T> {
    if (work instanceof Promise) this.#commitTurns = await turnsUntil(work);
    return await work;
  }

  #keepOldCopies(before: readonly Job[]): void {
    const left = before.filter(
      ({ seq, revision }) => this.model.jobs.get(seq)?.revision !== revision,
    );
    this.oldCopies.push(...left);
    this.oldCopies.splice(0, this.oldCopies.length - OLD_COPIES);
  }
}

async function contentsOf(store: Store) {
  const jobs = await store.list(EVERYTHING);
  return { jobs, notes: await store.notes(jobs.map(({ seq }) => seq)) };
}

function contentsOfModel(model: Model): Awaited<ReturnType<typeof contentsOf>> {
  const jobs = model.list(EVERYTHING);
  return { jobs, notes: jobs.map(({ seq }) => model.notes.get(seq)) };
}

/** The answer that nobody has heard, as far as the model asks for it: the ids of new jobs, in their order. */
function unheardAnswer({ add = [] }: Write, found: readonly Job[], before: Model): Committed {
  const ids = found.filter(({ seq }) => !before.jobs.has(seq)).map(({ id }) => id);
  const added = add.map(() => ({
    added: true,
    // Asked for only where no other job holds the key, so that each new job meets its own.
    get id() {
      return ids.pop() ?? "none";
    },
  }));
  return { replaced: [], added, claimed: [], workerKnown: true };
}
