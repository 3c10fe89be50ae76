import { type StoreError, StoreBusy, StoreFull, type Write } from "@turno/core";
import type { Method } from "./method.ts";
import type { Fault } from "./script.ts";

/** What becomes of one call. */
export interface Fate {
  readonly lost?: "request" | "answer" | undefined;
  readonly isRepeated: boolean;
  readonly refusal?: StoreError | undefined;
  readonly crash?: "before" | "after" | undefined;
}

/** What goes wrong next with the calls of one machine. */
export class Faults {
  #lose: Extract<Fault, { do: "lose" }> | undefined;
  #lost = 0;
  #repeats = 0;
  #refuse: Extract<Fault, { do: "refuse" }> | undefined;
  #refused = 0;
  #crash: Fate["crash"];
  #longestMs = 0;
  #areOver = false;
  #delayedUntil = 0;

  lose(fault: Extract<Fault, { do: "lose" }>): void {
    this.#lose = fault;
    this.#lost = 0;
  }

  repeat(calls: number): void {
    this.#repeats = calls;
  }

  refuse(fault: Extract<Fault, { do: "refuse" }>): void {
    this.#refuse = fault;
    this.#refused = 0;
  }

  crashAtCommit(when: Fate["crash"]): void {
    this.#crash = when;
  }

  delay(ms: number, until: number): void {
    this.#longestMs = ms;
    this.#delayedUntil = until;
  }

  get areOver(): boolean {
    return this.#areOver;
  }

  /** How long a message travels at the most. */
  longestMs(now: number): number {
    return now < this.#delayedUntil ? this.#longestMs : USUAL_MS;
  }

  /** Nothing goes wrong any more. */
  end(): void {
    this.#areOver = true;
    this.#lose = undefined;
    this.#repeats = 0;
    this.#refuse = undefined;
    this.#crash = undefined;
    this.#delayedUntil = 0;
  }

  fateOf(method: Method, args: readonly unknown[]): Fate {
    return {
      lost: this.#nextLost(method),
      isRepeated: this.#repeats > 0 && mayBeRepeated(method, args) && this.#repeats-- > 0,
      refusal: this.#nextRefusal(),
      crash: method === "commit" ? this.#nextCrash() : undefined,
    };
  }

  #nextLost(method: Method): Fate["lost"] {
    const lose = this.#lose;
    if (lose === undefined || (lose.of === "commit" && method !== "commit")) return undefined;
    if (++this.#lost >= lose.calls) this.#lose = undefined;
    return lose.what;
  }

  #nextRefusal(): StoreError | undefined {
    const refuse = this.#refuse;
    if (refuse === undefined) return undefined;
    if (++this.#refused >= refuse.calls) this.#refuse = undefined;
    return refuse.as === "busy"
      ? new StoreBusy("simulated: busy")
      : new StoreFull("simulated: full");
  }

  #nextCrash(): Fate["crash"] {
    const crash = this.#crash;
    this.#crash = undefined;
    return crash;
  }
}

/** How long a message travels at the most where nothing is wrong. */
export const USUAL_MS = 3;

/**
 * Whether a transport may carry the call out twice: what reads, what sets, what is fenced. A claim that is carried out
 * twice starts jobs of which its worker does not know; it has to find that out. Not a job that is added, which could be
 * there twice, nor notes, whose lines would be; nor a retry that takes a unique key back, which may be refused the first
 * time only.
 */
function mayBeRepeated(method: Method, args: readonly unknown[]): boolean {
  if (method !== "commit") return true;
  const { add = [], note = [], replace = [] } = args[0] as Write;
  const takesKey = replace.some((job) => job.uniqueKey !== undefined && job.state === "pending");
  return note.length === 0 && add.length === 0 && !takesKey;
}
