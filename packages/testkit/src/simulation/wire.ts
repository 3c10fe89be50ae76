import {
  AnswerLost,
  type Awaitable,
  type BeatReply,
  type Committed,
  type Counts,
  type Heart,
  type HeartOptions,
  type Instant,
  type Job,
  type ListFilter,
  type Notes,
  type PruneBefore,
  type Store,
  type Watched,
  type WorkerId,
  type WorkerRecord,
  type Write,
} from "@turno/core";
import type { Bells } from "./bells.ts";
import type { Diary } from "./diary.ts";
import { type Fate, type Faults, USUAL_MS } from "./faults.ts";
import type { Ledger } from "./ledger.ts";
import type { Method } from "./method.ts";
import type { Process } from "./process.ts";
import { SimulatedHeart } from "./simulated-heart.ts";
import type { Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";

type Answer<M extends Method> = Awaited<ReturnType<Store[M]>>;

export interface WireOptions {
  readonly store: Store;
  readonly process: Process;
  readonly timeline: Timeline;
  readonly ledger: Ledger;
  readonly diary: Diary;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly bells: Bells;
  readonly hearts: boolean;
  readonly hints: boolean;
  readonly knowsTheDead: boolean;
  /** Gives numbers from 0 to 1. */
  readonly random: () => number;
  readonly crash: (when: "before" | "after") => void;
}

/** After how long a caller stops waiting for an answer. */
const PATIENCE_MS = 150;

/** The store as one process reaches it: each call is a message, and so is its answer. */
export class Wire implements Store {
  readonly salt: number;
  readonly heart?: (worker: WorkerId, options: HeartOptions) => Heart;
  readonly watch?: (listener: () => void, what?: Watched) => Disposable;
  readonly #options: WireOptions;

  constructor(options: WireOptions) {
    const { store, process, timeline, bells, hearts, hints } = options;
    this.#options = options;
    this.salt = store.salt;
    if (hearts)
      this.heart = (worker, heartOptions) =>
        new SimulatedHeart({
          ...heartOptions,
          process,
          timeline,
          beat: () => this.#beat(worker, (code) => process.enterHeart(code)),
        });
    if (hints) this.watch = (listener, what = "ready") => bells.hang(process, listener, what);
  }

  commit(write: Write): Promise<Committed> {
    return this.#call("commit", [write]);
  }

  join(worker: { readonly leaseMs: number }): Promise<WorkerId> {
    return this.#call("join", [worker]);
  }

  beat(worker: WorkerId): Promise<BeatReply> {
    return this.#beat(worker);
  }

  leave(worker: WorkerId, beat?: number): Promise<boolean> {
    return this.#call("leave", beat === undefined ? [worker] : [worker, beat]);
  }

  async workers(): Promise<readonly WorkerRecord[]> {
    const { ledger, knowsTheDead } = this.#options;
    const workers = await this.#call("workers", []);
    // In the same order whatever the store, which promises none, here and for beats.
    const sorted = workers.toSorted(
      (a, b) => ledger.roll.placeOf(a.id) - ledger.roll.placeOf(b.id),
    );
    return sorted.map((worker) => ({
      ...worker,
      gone: worker.gone || (knowsTheDead && ledger.roll.ownerOf(worker.id)?.isDead === true),
    }));
  }

  get(seqs: readonly number[]): Promise<readonly (Job | undefined)[]> {
    return this.#call("get", [seqs]);
  }

  notes(seqs: readonly number[]): Promise<readonly (Notes | undefined)[]> {
    return this.#call("notes", [seqs]);
  }

  list(filter: ListFilter): Promise<readonly Job[]> {
    return this.#call("list", [filter]);
  }

  counts(): Promise<Counts> {
    return this.#call("counts", []);
  }

  nextDueAt(): Promise<Instant | undefined> {
    return this.#call("nextDueAt", []);
  }

  pause(change?: { readonly type: string; readonly paused: boolean }): Promise<readonly string[]> {
    return this.#call("pause", change === undefined ? [] : [change]);
  }

  prune(request: { readonly before: PruneBefore; readonly limit: number }): Promise<number> {
    return this.#call("prune", [request]);
  }

  close(): void {}

  async #beat(worker: WorkerId, enter?: (code: () => void) => void): Promise<BeatReply> {
    const { known, holds } = await this.#call("beat", [worker], enter);
    return { known, holds: holds.toSorted((a, b) => a.seq - b.seq) };
  }

  /** `enter` lets the caller's code run. */
  #call<M extends Method>(
    method: M,
    args: Parameters<Store[M]>,
    enter = (code: () => void) => this.#options.process.enter(code),
  ): Promise<Answer<M>> {
    const { timeline, process, faults } = this.#options;
    return new Promise<Answer<M>>((resolve, reject) => {
      // Code that goes on in the turn in which its process died reaches nothing any more.
      if (process.isDead) return;
      const fate = faults.fateOf(method, args);
      if (fate.lost !== undefined || fate.refusal !== undefined) process.trouble(PATIENCE_MS);
      if (fate.lost !== undefined)
        this.#giveUpWaiting(method, fate.lost, (error) => enter(() => reject(error)));
      if (fate.lost === "request") return;
      const deliver = (settle: () => void) =>
        void timeline.plan(this.#travelMs(), () => enter(settle));
      const answer: Answering<Answer<M>> = {
        resolve: (value) => deliver(() => resolve(value)),
        reject: (error) => deliver(() => reject(error as Error)),
      };
      const heard = fate.lost === undefined ? answer : this.#lostAnswer(method, args);
      timeline.plan(this.#travelMs(), () => this.#arrive(method, args, fate, heard));
    });
  }

  #arrive<M extends Method>(
    method: M,
    args: Parameters<Store[M]>,
    fate: Fate,
    answer: Answering<Answer<M>>,
  ): void | Promise<void> {
    const { process, timeline, diary, random, faults, crash } = this.#options;
    if (process.isDead && random() < 0.5) return diary.met("a message died with its process");
    if (fate.crash === "before" && !faults.areOver) return crash("before");
    if (fate.refusal !== undefined) {
      diary.met(fate.refusal.code === "StoreBusy" ? "the store was busy" : "the store was full");
      return answer.reject(fate.refusal);
    }
    if (fate.isRepeated) {
      diary.met("a call was carried out twice");
      timeline.plan(this.#travelMs(), () => this.#carryOut(method, args, DROPPED));
    }
    const done = this.#carryOut(method, args, answer);
    if (fate.crash !== "after" || faults.areOver) return done;
    return done === undefined ? crash("after") : done.then(() => crash("after"));
  }

  #carryOut<M extends Method>(
    method: M,
    args: Parameters<Store[M]>,
    answer: Answering<Answer<M>>,
  ): void | Promise<void> {
    const { store } = this.#options;
    const done = (given: Answer<M>) => {
      this.#write(method, args, given);
      answer.resolve(given);
    };
    const failed = (error: unknown) => {
      this.#options.diary.accuse("a store does its work", `${method} threw ${String(error)}`);
      answer.reject(error);
    };
    let given: Awaitable<Answer<M>>;
    try {
      given = Reflect.apply(store[method], store, args) as typeof given;
    } catch (error) {
      return failed(error);
    }
    return given instanceof Promise ? given.then(done, failed) : done(given);
  }

  #write<M extends Method>(method: M, args: Parameters<Store[M]>, given: Answer<M>): void {
    const { ledger, trace, process, bells } = this.#options;
    ledger.write(process, method, args, given);
    trace.call(process.name, method, args, given);
    if (method === "commit") bells.ring(process, args[0] as Write);
  }

  /** Nobody hears it. */
  #lostAnswer<M extends Method>(method: M, [write]: Parameters<Store[M]>): Answering<Answer<M>> {
    const { diary } = this.#options;
    const resolve = (answer: Answer<M>) => {
      if (method !== "commit") return diary.met("the answer to another call was lost");
      const { replace = [], add = [] } = write as Write;
      if ((answer as Committed).claimed.length > 0)
        diary.met("the answer to a claim that started jobs was lost");
      if (replace.length > 0) diary.met("the answer to a replacing commit was lost");
      if (add.length > 0) diary.met("the answer to an enqueue was lost");
    };
    return { resolve, reject: () => {} };
  }

  #giveUpWaiting(method: Method, what: string, tell: (error: Error) => void): void {
    const { timeline, diary } = this.#options;
    if (what === "request") diary.met("a request was lost");
    const error = new AnswerLost(`simulated: the ${what} of ${method} was lost`);
    timeline.plan(PATIENCE_MS, () => tell(error));
  }

  #travelMs(): number {
    const { faults, timeline, process, random } = this.#options;
    const ms = Math.floor(random() * (faults.longestMs(timeline.now) + 1));
    if (ms > USUAL_MS) process.trouble(ms);
    return ms;
  }
}

interface Answering<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

const DROPPED: Answering<unknown> = { resolve: () => {}, reject: () => {} };
