/** One fault in one line of the sources, such as a tired engineer makes. */
export interface Mutant {
  /** What goes wrong, as whom it hurts would say it. */
  readonly name: string;
  /** Where it is planted, under `packages`. */
  readonly file: string;
  /** What it takes away: a part of one line, which must be in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The tests that should find it, as the beginnings of their paths under `packages`; the others are asked only then. */
  readonly tests: readonly string[];
}
