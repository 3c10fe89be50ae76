import type { Watched } from "@turno/core";
import type { Call } from "../holder/call.ts";
import { Holder } from "../holder/holder.ts";
import { type Lives, LockedLives, OnlyLife } from "../holder/lives.ts";
import { StoreTakenOver } from "../persistence/store-taken-over.ts";
import { Leadership } from "./leadership.ts";
import type { Answer, TabSettings } from "./messages.ts";
import { type PlainError, plainError } from "./plain-error.ts";
import type { TabEnvironment } from "./tab-environment.ts";

interface ReignOptions {
  readonly environment: TabEnvironment;
  readonly settings: TabSettings;
  /** The name of the lock that the leader holds. */
  readonly lock: string;
  readonly lockOf: (life: string) => string;
  readonly life: string;
  /** It has the lock, and opens the database. */
  readonly onAboutToLead: () => void;
  /** It takes calls, for the `reign`th time. */
  readonly onLead: (reign: number, salt: number) => void;
  /** It takes none any more. */
  readonly onEnd: () => void;
  /** It should lead, and cannot. */
  readonly onRefused: (error: PlainError) => void;
  readonly onRing: (what: Watched, by: string) => void;
  readonly onTabOver: (life: string) => void;
}

/** After so long a tab tries again to open a database that it could not open. */
const REST_MS = 1_000;

const GOLDEN_RATIO = 0.618_033_988_749_894_9;

/** What a tab does as the leader: it holds the database and carries out the calls of all. */
export class Reign {
  readonly #options: ReignOptions;
  readonly #leadership: Leadership;
  #holder: Holder | undefined;
  #reigns = 0;
  #resign: (() => void) | undefined;
  #isRefused = false;
  /** Where there are no locks, nobody leads again whose place was taken. */
  #takenOver: PlainError | undefined;
  #stopped = false;

  constructor(options: ReignOptions) {
    this.#options = options;
    this.#leadership = new Leadership({
      locks: options.environment.locks,
      lock: options.lock,
      lead: () => this.#lead(),
      onStolen: () => this.#resign?.(),
      rest: () => this.#rest(),
    });
  }

  get isLeading(): boolean {
    return this.#holder !== undefined;
  }

  /** Takes the place of whoever leads. */
  seize(): void {
    this.#leadership.steal();
  }

  /** Lets go of the database once it has done what it was asked for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#leadership.stop();
    const holder = this.#holder;
    this.#holder = undefined;
    await holder?.close();
    this.#resign?.();
  }

  /** The answer to a call of the tab `from`; undefined where another leader has to give it. */
  async serve(call: Call, from: string): Promise<Answer | undefined> {
    if (this.#takenOver !== undefined) return { error: this.#takenOver };
    const holder = this.#holder;
    if (holder === undefined) return undefined;
    try {
      return { value: await holder.take(call, from) };
    } catch (error) {
      // Whoever took over is sent the call again; one that stopped to lead gives no answers.
      if (holder !== this.#holder || error instanceof StoreTakenOver)
        return this.#takenOver && { error: this.#takenOver };
      return { error: plainError(error) };
    }
  }

  async #lead(): Promise<void> {
    const { environment, onAboutToLead, onLead, onEnd, onRefused } = this.#options;
    let isOver = false;
    const ended = new Promise<void>((resolve) => {
      this.#resign = () => {
        isOver = true;
        resolve();
      };
    });
    let holder: Holder | undefined;
    try {
      onAboutToLead();
      holder = await this.#openHolder();
    } catch (error) {
      const isTaken = isOver || error instanceof StoreTakenOver;
      if (environment.locks === undefined || !isTaken) {
        this.#isRefused = true;
        return onRefused(plainError(error));
      }
      // Another tab was faster, and takes calls.
    }
    // Its place may have been taken while it opened the database.
    if (holder !== undefined && !isOver && !this.#stopped) {
      this.#holder = holder;
      onLead(++this.#reigns, holder.salt);
      await ended;
      this.#holder = undefined;
    }
    await holder?.close();
    if (!this.#stopped && this.#takenOver === undefined) onEnd();
  }

  #openHolder(): Promise<Holder> {
    const { environment, settings, onRing } = this.#options;
    const { sqlJs, clock, locks, persistence } = environment;
    return Holder.open({
      sqlJs,
      clock,
      persistence: persistence(settings.name),
      table: settings.table,
      // Data that were deleted under it are followed by others, whose salt must be another.
      random: () => (settings.chance + this.#reigns * GOLDEN_RATIO) % 1,
      lives: this.#lives(),
      onRing: (what, by) => onRing(what, by),
      onTakenOver: (error) => {
        if (locks === undefined) this.#takenOver = plainError(error);
        this.#resign?.();
      },
    });
  }

  #lives(): Lives {
    const { environment, life, lockOf, onTabOver } = this.#options;
    const { locks } = environment;
    if (locks === undefined) return new OnlyLife(life);
    return new LockedLives(locks, lockOf, (over) => {
      this.#holder?.forget(over);
      onTabOver(over);
    });
  }

  async #rest(): Promise<void> {
    if (this.#takenOver !== undefined) return new Promise(() => {});
    if (!this.#isRefused || this.#stopped) return;
    this.#isRefused = false;
    const { clock } = this.#options.environment;
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, REST_MS));
  }
}
