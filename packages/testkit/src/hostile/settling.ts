import { Fatal, RetryAfter, Snooze } from "@turno/core";
import fc from "fast-check";
import { hostileOptions, hostileValue } from "./hostile-value.ts";
import type { HostileProperties } from "./properties.ts";
import { oneOf, type Recipe } from "./recipe.ts";
import { same, Scene, type Seen } from "./scene.ts";

const SETTLE = ["complete", "fail", "snooze", "release"] as const;

/** Errors whose every part is hostile, and words of a handler that were tampered with. */
export const hostileThrown: fc.Arbitrary<Recipe> = fc.oneof(
  hostileValue,
  fc
    .tuple(
      oneOf({
        Error: () => new Error("x"),
        Fatal: () => new Fatal("x"),
        RetryAfter: () => new RetryAfter(1),
        Snooze: () => new Snooze({ delayMs: 1 }),
        "a fake Snooze": () => Object.create(Snooze.prototype) as Error,
        "a fake RetryAfter": () => Object.create(RetryAfter.prototype) as Error,
        "an error without prototype": () => Object.setPrototypeOf(new Error("x"), null) as Error,
      }),
      hostileOptions(["name", "message", "stack", "cause", "delayMs", "until"]),
    )
    .map(
      ([error, fields]): Recipe => ({
        ...error,
        name: `${error.name} with ${fields.name}`,
        make() {
          const thrown = error.make();
          const given = fields.make();
          if (typeof given !== "object" || given === null) return thrown;
          try {
            Object.defineProperties(thrown, Object.getOwnPropertyDescriptors(given));
          } catch {
            // What cannot be read is not taken over.
          }
          return thrown;
        },
      }),
    ),
);

/** Settling by hand. */
export const settling: HostileProperties = {
  "whatever is settled that is no claimed job is refused": (subject) =>
    Scene.holds(
      subject,
      fc.tuple(hostileValue, fc.constantFrom(...SETTLE)),
      async (scene, [input, name]) => {
        const end = await scene.tries(input, (value) => scene.any[name]?.(value, { delayMs: 1 }));
        if ("given" in end) throw new Error("it was settled");
      },
    ),

  "a snooze is refused and the job still held, or put off": (subject) =>
    Scene.holds(subject, hostileOptions(["delayMs", "runAt"]), async (scene, input) => {
      const { id } = await scene.loose.enqueue("s", 1, { priority: 999_999 });
      const [job] = await scene.loose.claim({ types: ["s"] });
      const end = await scene.tries(input, (value) => scene.any["snooze"]?.(job, value));
      const { state, runAt } = await scene.seen(id);
      if ("refused" in end) return void (await scene.any["complete"]?.(job));
      same("the job", state, "pending");
      if (!Number.isInteger(runAt)) throw new Error(String(runAt));
      await scene.loose.cancel(id);
    }),

  "whatever fails an attempt is a sound record, or the word of a handler": (subject) =>
    Scene.holds(subject, hostileThrown, async (scene, input) => {
      const { id } = await scene.loose.enqueue("f", 1, { priority: 999_999 });
      const [job] = await scene.loose.claim({ types: ["f"] });
      const end = await scene.tries(input, (value) => scene.any["fail"]?.(job, value));
      if ("refused" in end) throw end.refused;
      assertFailed(await scene.seen(id));
      await scene.loose.cancel(id);
    }),
};

/** Throws where a job that was failed, or put off, is not sound. */
export function assertFailed({ state, runAt, failures }: Seen): void {
  const sound = failures.every(
    ({ name, message, kind }) =>
      typeof name === "string" &&
      name.length <= 100 &&
      typeof message === "string" &&
      message.isWellFormed() &&
      new TextEncoder().encode(message).length <= 4_096 &&
      typeof kind === "string",
  );
  if (!sound || !["failed", "pending", "dead"].includes(state) || !Number.isInteger(runAt))
    throw new Error(
      `the job is not sound: ${JSON.stringify({ state, runAt, failures }).slice(0, 500)}`,
    );
}
