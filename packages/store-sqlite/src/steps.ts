/** Work in steps of about a millisecond at the most: between two of them others may have their turn. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** What the work gives, done without a pause. */
export function inOneGo<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
