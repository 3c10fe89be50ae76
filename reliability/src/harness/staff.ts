import type { Crew } from "./crew.ts";
import type { OwnProcess } from "./own-process.ts";

/** More than a killed process takes to be gone. */
const KILLED_MS = 10_000;

/** Crews of workers for different types, of which one can be away for a while. */
export class Staff<T extends string> {
  readonly #start: (type: T) => Crew;
  readonly #present = new Map<T, Crew>();
  readonly #gone: Crew[] = [];

  constructor(types: readonly T[], start: (type: T) => Crew) {
    this.#start = start;
    for (const type of types) this.#present.set(type, start(type));
  }

  get unexpected(): readonly OwnProcess[] {
    return [...this.#gone, ...this.#present.values()].flatMap(({ unexpected }) => unexpected);
  }

  async ready(): Promise<void> {
    await Promise.all(Array.from(this.#present.values(), (crew) => crew.ready()));
  }

  /** Kills all workers for the type, which are not replaced, and answers with them. */
  async kill(type: T): Promise<readonly OwnProcess[]> {
    const crew = this.#present.get(type);
    if (crew === undefined) return [];
    this.#present.delete(type);
    this.#gone.push(crew);
    const { members } = crew;
    for (const member of members) member.kill();
    await crew.end(KILLED_MS);
    return members;
  }

  /** Starts workers for the type, and answers with them when they are set up. */
  async bringBack(type: T): Promise<readonly OwnProcess[]> {
    const crew = this.#start(type);
    this.#present.set(type, crew);
    await crew.ready();
    return crew.members;
  }

  /** See `Crew.end`. */
  async end(withinMs: number): Promise<readonly OwnProcess[]> {
    const late = await Promise.all(
      Array.from(this.#present.values(), (crew) => crew.end(withinMs)),
    );
    return late.flat();
  }
}
