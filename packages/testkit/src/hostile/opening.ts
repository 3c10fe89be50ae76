import fc from "fast-check";
import { attempt } from "./attempt.ts";
import { hostileOptions, hostileValue } from "./hostile-value.ts";
import type { HostileProperties } from "./properties.ts";
import type { Opening } from "./scene.ts";

/** What a store is opened with is refused, or it opens and closes. */
export const opening: HostileProperties = {
  "a target that is none is refused": async (subject) => {
    const opens = subject.opening;
    if (opens === undefined) return;
    await holds(subject, hostileValue, ({ make }) =>
      attempt(make, (target) => openedWith(opens, target, {})),
    );
  },

  "options are refused, or the store opens": async (subject) => {
    const opens = subject.opening;
    if (opens === undefined) return;
    await holds(subject, hostileOptions(opens.options), ({ make }) =>
      attempt(make, (options) => openedWith(opens, undefined, options)),
    );
  },
};

async function openedWith({ open }: Opening, target: unknown, options: unknown): Promise<void> {
  const store = await open(target, options);
  await store.close();
}

async function holds<T>(
  { runs = 100, seed = 1 }: Parameters<HostileProperties[string]>[0],
  inputs: fc.Arbitrary<T>,
  property: (input: T) => Promise<unknown>,
): Promise<void> {
  const each = fc.asyncProperty(inputs, async (input) => void (await property(input)));
  await fc.assert(each, { numRuns: runs, seed });
}
