import {
  type Job,
  type JobDefinitions,
  type JobOf,
  MemoryStore,
  Queue,
  type Store,
  toJsonText,
} from "@turno/core";
import { SimulatedClock } from "../simulated-clock.ts";
import { turns } from "../turns.ts";
import { Actor } from "./actor.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { MOST_RUNS, type Script } from "./script.ts";
import { SimulatedProcess } from "./simulated-process.ts";

const HOUR_MS = 3_600_000;
const MOST_JOBS = 100_000;

/** So long, in real time, is waited for the answer to a step before simulated time passes. */
const REAL_MS = 50;

/** Where one rehearsal takes place: a world, a store and a clock, and the processes that come and go. */
export class Stage<D extends JobDefinitions, W, S extends Store> {
  readonly #rehearsal: Rehearsal<D, W, S>;
  readonly #script: Script;
  readonly #scene: { readonly world: W; readonly store: S; readonly clock: SimulatedClock };
  readonly #outside: Queue<D, S>;
  readonly #actors: Actor<D, W, S>[] = [];

  static async open<D extends JobDefinitions, W, S extends Store>(
    rehearsal: Rehearsal<D, W, S>,
    script: Script,
  ): Promise<Stage<D, W, S>> {
    const world = await rehearsal.setUp();
    const own = await rehearsal.store?.(world);
    const store = own ?? (new MemoryStore({ random: () => 0.5 }) as Store as S);
    return new Stage(rehearsal, script, world, store);
  }

  private constructor(rehearsal: Rehearsal<D, W, S>, script: Script, world: W, store: S) {
    const clock = new SimulatedClock({ settle: rehearsal.settle });
    this.#rehearsal = rehearsal;
    this.#script = script;
    this.#scene = { world, store, clock };
    const beyond = new SimulatedProcess(clock);
    this.#outside = new Queue({ store: beyond.reach(store), jobs: rehearsal.jobs, clock });
  }

  /** Enqueues the job, and lets time pass until all jobs are finished and all handlers have ended. */
  async play(): Promise<void> {
    await this.#outside.enqueueMany([this.#rehearsal.job]);
    const { clock } = this.#scene;
    let quietSince = clock.monotonic();
    for (;;) {
      const { events } = this.#script;
      this.#replaceLost();
      await clock.advance(0);
      await this.#answers();
      for (const actor of this.#actors) actor.check();
      const unfinished = await this.#unfinished();
      const thawed = this.#thaw(unfinished);
      if (unfinished.length === 0 && !thawed && !this.#isBusy()) return;
      if (this.#script.events !== events || thawed) quietSince = clock.monotonic();
      else quietSince += await this.#pass(unfinished);
      this.#checkEnds(unfinished, clock.monotonic() - quietSince);
    }
  }

  /** All jobs, the oldest first. */
  async jobs(): Promise<readonly JobOf<D>[]> {
    const jobs: JobOf<D>[] = [];
    let page = await this.#outside.list({ limit: 1_000 });
    for (;;) {
      jobs.push(...page.jobs);
      if (page.next === undefined) return jobs.reverse();
      page = await this.#outside.list({ limit: 1_000, after: page.next });
    }
  }

  /** What there is to see of the effects. */
  async effects(jobs: readonly JobOf<D>[]): Promise<unknown> {
    const effects = await this.#rehearsal.effects(this.#scene.world, jobs);
    return JSON.parse(toJsonText(effects, "effects"));
  }

  async close(): Promise<void> {
    const { store, world, clock } = this.#scene;
    const stops = this.#actors.map((actor) => actor.stop());
    // A handler that does not end is given up after its worker's abortMs.
    await clock.advance(10_000);
    await Promise.all(stops);
    await store.close();
    await this.#rehearsal.tearDown?.(world);
  }

  /** Somebody has to go on with the work. */
  #replaceLost(): void {
    if (this.#actors.some(({ process }) => process.isAwake)) return;
    const actor = new Actor(this.#rehearsal, this.#scene, this.#script);
    this.#actors.push(actor);
    const { type } = this.#rehearsal.job;
    if (!actor.types.includes(type))
      throw new TypeError(`there is no handler for ${JSON.stringify(type)}, the type of the job`);
  }

  /** Waits, for a little while, for the answers of whatever the handlers have called. */
  async #answers(): Promise<void> {
    const end = performance.now() + REAL_MS;
    const waits = () => this.#actors.some((actor) => actor.process.isAwake && actor.isInStep);
    while (waits() && performance.now() < end) await turns(1);
  }

  async #unfinished(): Promise<readonly Job[]> {
    const states = ["pending", "failed", "running"] as const;
    // Where handlers enqueue what they have no handlers for, that stays.
    const types = this.#actors.flatMap((actor) => actor.types);
    return this.#scene.store.list({ states, types, limit: MOST_JOBS });
  }

  /** Lets the frozen go on whose job somebody else has finished by now. */
  #thaw(unfinished: readonly Job[]): boolean {
    const over = this.#actors.filter(
      ({ process, job }) =>
        !process.isAwake && !process.isDead && !unfinished.some(({ id }) => id === job),
    );
    for (const { process } of over) process.thaw();
    return over.length > 0;
  }

  #isBusy(): boolean {
    return this.#actors.some(({ process, job }) => process.isAwake && job !== undefined);
  }

  /** Lets time pass until something may happen; answers with how much of it was mere waiting for a job to be due. */
  async #pass(unfinished: readonly Job[]): Promise<number> {
    const { clock } = this.#scene;
    const dueInMs = Math.min(...unfinished.map((job) => job.runAt)) - clock.now();
    const rests = unfinished.every(({ state }) => state !== "running") && !this.#isBusy();
    if (rests && Number.isFinite(dueInMs) && dueInMs > 0) {
      // Nobody does anything until then: that all stand still spares the beats of an hour, or of a year.
      clock.freeze(dueInMs);
      return dueInMs;
    }
    await clock.advance(clock.nextTimerMs ?? 0);
    return 0;
  }

  #checkEnds(unfinished: readonly Job[], quietMs: number): void {
    const { runs } = this.#script;
    const last = runs.at(-1);
    const name = `job ${last?.id ?? unfinished[0]?.id} (${JSON.stringify(this.#rehearsal.job.type)})`;
    if (this.#script.isEndless)
      throw new Error(`${name} is not finished after ${MOST_RUNS} runs of handlers`);
    if (quietMs <= HOUR_MS) return;
    const where = last?.steps.at(-1);
    throw new Error(
      `the handler of ${name} does not end: for an hour of simulated time it has done nothing` +
        (where === undefined ? "" : ` after step ${where}`),
    );
  }
}
