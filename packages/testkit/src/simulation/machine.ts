import { chance } from "./chance.ts";
import { Faults } from "./faults.ts";
import { Process } from "./process.ts";
import { Program } from "./program.ts";
import type { MachineOptions } from "./script.ts";
import type { Situation } from "./situations.ts";
import type { Plan } from "./timeline.ts";
import { Wire } from "./wire.ts";
import type { World } from "./world.ts";

/** Where one process runs after the other, with a wall clock and a line to the store. */
export class Machine {
  readonly faults = new Faults();
  readonly #world: World;
  readonly #number: number;
  readonly #options: MachineOptions;
  #program: Program | undefined;
  #starts = 0;
  #offMs = 0;
  #back: Plan | undefined;

  constructor(world: World, number: number, options: MachineOptions) {
    this.#world = world;
    this.#number = number;
    this.#options = options;
  }

  /** What runs on it; undefined while nothing does. */
  get program(): Program | undefined {
    return this.#program?.process.isDead === true ? undefined : this.#program;
  }

  /** By how much its wall clock is ahead of the others. */
  get offMs(): number {
    return this.#offMs;
  }

  /** Starts a process, if none runs. */
  start(): void {
    if (this.program !== undefined) return;
    if (this.#back !== undefined) this.#back.happen = undefined;
    const { store, timeline, ledger, diary, trace, bells, options } = this.#world;
    const name = `${"abcdefgh"[this.#number]}${++this.#starts}`;
    const process = new Process({
      timeline,
      name,
      offMs: () => this.#offMs,
      onHindered: (forMs) => diary.note("world", { kind: "hindered", of: name, forMs }),
    });
    const random = this.#randomOf(0);
    const crash = (how: Situation) => this.#crash(process, how);
    const wire = new Wire({
      ...options,
      store,
      timeline,
      ledger,
      diary,
      trace,
      bells,
      process,
      faults: this.faults,
      random: this.#randomOf(1),
      crash: (when) => crash(`a process crashed ${when} a commit`),
    });
    this.#program = new Program({
      world: this.#world,
      process,
      wire,
      options: this.#options,
      random,
      crash,
    });
  }

  /** Ends its process as `kill -9` does. */
  crash(): void {
    if (this.program !== undefined) this.#crash(this.program.process, "a process crashed");
  }

  /** Starts a process after a while, if none runs then. */
  backIn(ms: number): void {
    if (this.#back !== undefined) this.#back.happen = undefined;
    this.#back = this.#world.timeline.plan(ms, () => this.start());
  }

  /** Sets its wall clock forward, or back. */
  jump(byMs: number): void {
    if (byMs === 0) return;
    this.#offMs += byMs;
    const of = this.program?.process.name ?? "nobody";
    this.#world.diary.note("world", { kind: "jumped", of, byMs });
    this.#world.diary.met("a wall clock jumped");
  }

  #crash(process: Process, how: Situation): void {
    if (process.isDead) return;
    const { diary, trace, bells, options } = this.#world;
    process.die();
    if (options.knowsTheDead) bells.toll(process);
    trace.add(process.name, "crashes");
    diary.met(how);
    diary.note("world", { kind: "killed", of: process.name });
    diary.note("world", { kind: "exited", of: process.name, code: null, signal: "SIGKILL" });
    if (this.#back === undefined || this.#back.happen === undefined) this.backIn(BACK_MS);
  }

  /** By the time at which it is asked, so that what is left out of a script changes little of what comes later. */
  #randomOf(stream: number): () => number {
    const { seed, timeline } = this.#world;
    let askedAt = 0;
    let times = 0;
    return () => {
      times = timeline.now === askedAt ? times + 1 : 0;
      askedAt = timeline.now;
      return chance(seed, this.#number * 1_000 + stream, Math.floor(askedAt * 64) + times);
    };
  }
}

/** A machine whose process ended unexpectedly starts another after so long. */
const BACK_MS = 300;
