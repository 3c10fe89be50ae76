import type { Clock } from "@turno/core";
import { START } from "../bench.ts";
import type { Plan, Timeline } from "./timeline.ts";

interface ProcessOptions {
  readonly timeline: Timeline;
  /** Given to no other process. */
  readonly name: string;
  /** How far the wall clock of its machine is off. */
  readonly offMs: () => number;
  /** For so long what it sends to the store may be late, or lost. */
  readonly onHindered: (forMs: number) => void;
}

/**
 * A simulated process: its code reaches the clock and the store through it only. Whatever reaches a dead one is lost;
 * what reaches one that is frozen or busy waits, in order.
 */
export class Process {
  readonly name: string;
  readonly clock: Clock;
  readonly #timeline: Timeline;
  readonly #onHindered: (forMs: number) => void;
  #isDead = false;
  #frozenUntil = 0;
  #busyUntil = 0;
  #thaw: Plan | undefined;
  #goOn: Plan | undefined;
  #troubledAt = 0;
  /** When it was frozen or busy, or will be; the latest last. */
  #naps: { readonly from: number; readonly to: number }[] = [];
  #missed: (() => void)[] = [];
  #heartMissed: (() => void)[] = [];

  constructor({ timeline, name, offMs, onHindered }: ProcessOptions) {
    this.name = name;
    this.#onHindered = onHindered;
    this.#timeline = timeline;
    this.clock = {
      now: () => Math.floor(START + timeline.now + offMs()),
      monotonic: () => timeline.now,
      setTimeout: (callback, delayMs) => this.#timer(callback, delayMs),
      clearTimeout: (timer) => (timer as Timer | undefined)?.clear(),
      soon: (callback) => this.#timer(callback, 0),
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isFrozen(): boolean {
    return this.#timeline.now < this.#frozenUntil;
  }

  /** Whether its code can run now. */
  get isAwake(): boolean {
    return !this.#isDead && !this.isFrozen && this.#timeline.now >= this.#busyUntil;
  }

  /** Lets its code run: now, or as soon as it can. */
  enter(code: () => void): void {
    if (this.#isDead) return;
    if (this.isAwake) code();
    else this.#missed.push(code);
  }

  /** The same for the place from which it beats, which does not care whether the process is busy. */
  enterHeart(code: () => void): void {
    if (this.#isDead) return;
    if (this.isFrozen) this.#heartMissed.push(code);
    else code();
  }

  die(): void {
    this.#isDead = true;
  }

  /** When something last kept it from beating as it should, or will have. */
  get troubledAt(): number {
    return this.#troubledAt;
  }

  trouble(forMs: number): void {
    this.#troubledFor(forMs);
    this.#onHindered(forMs);
  }

  /** For how long it could do nothing since then, and how often that began. */
  asleepSince(from: number): { readonly asleepMs: number; readonly times: number } {
    const { now } = this.#timeline;
    const naps = this.#naps.filter((nap) => nap.to > from);
    const asleepMs = naps.map((nap) => Math.min(now, nap.to) - Math.max(from, nap.from));
    return { asleepMs: asleepMs.reduce((sum, ms) => sum + ms, 0), times: naps.length };
  }

  /** As `kill -STOP` does, or a machine that is suspended, for so long. */
  freeze(ms: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#timeline.now + ms);
    this.#nap(this.#frozenUntil);
    this.#troubledFor(ms);
    this.#planThaw();
  }

  /** Some code of its own holds up its event loop for so long. */
  keepBusy(ms: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, this.#timeline.now + ms);
    this.#nap(this.#busyUntil);
    this.#planGoingOn();
  }

  /** Nothing holds it up any more. */
  wakeUp(): void {
    this.#frozenUntil = 0;
    this.#busyUntil = 0;
    const { now } = this.#timeline;
    const past = this.#naps.filter(({ from }) => from < now);
    this.#naps = past.map(({ from, to }) => ({ from, to: Math.min(to, now) }));
    this.#planThaw();
    this.#planGoingOn();
  }

  /** Resolves, while it lives, after so many milliseconds. */
  after(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#timer(resolve, ms));
  }

  #timer(callback: () => void, delayMs: number): Timer {
    const timer = new Timer(callback);
    timer.plan = this.#timeline.plan(delayMs, () => this.enter(timer.fire));
    return timer;
  }

  #troubledFor(ms: number): void {
    this.#troubledAt = Math.max(this.#troubledAt, this.#timeline.now + ms);
  }

  #nap(to: number): void {
    const last = this.#naps.at(-1);
    const from = Math.max(this.#timeline.now, last?.to ?? 0);
    if (to > from) this.#naps.push({ from, to });
  }

  #planThaw(): void {
    if (this.#thaw !== undefined) this.#thaw.happen = undefined;
    this.#thaw = this.#timeline.plan(this.#frozenUntil - this.#timeline.now, () => {
      for (const code of this.#heartMissed.splice(0)) this.#again(() => this.enterHeart(code));
      this.#catchUp();
    });
  }

  #planGoingOn(): void {
    if (this.#goOn !== undefined) this.#goOn.happen = undefined;
    const inMs = this.#busyUntil - this.#timeline.now;
    this.#goOn = this.#timeline.plan(inMs, () => this.#catchUp());
  }

  #catchUp(): void {
    if (!this.isAwake) return;
    for (const code of this.#missed.splice(0)) this.#again(() => this.enter(code));
  }

  #again(code: () => void): void {
    this.#timeline.plan(0, code);
  }
}

class Timer {
  plan: Plan | undefined;
  #callback: (() => void) | undefined;

  constructor(callback: () => void) {
    this.#callback = callback;
  }

  readonly fire = (): void => {
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.();
  };

  clear(): void {
    this.#callback = undefined;
    if (this.plan !== undefined) this.plan.happen = undefined;
  }
}
