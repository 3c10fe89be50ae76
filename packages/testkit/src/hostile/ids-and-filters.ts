import { JobGone } from "@turno/core";
import fc from "fast-check";
import { hostileOptions, hostileValue } from "./hostile-value.ts";
import type { HostileProperties } from "./properties.ts";
import { type Recipe, recipe } from "./recipe.ts";
import { same, Scene, type Seen } from "./scene.ts";

/** What resembles the id of a job, and is none. */
const almost: Readonly<Record<string, (id: string) => unknown>> = {
  "in capitals": (id) => id.toUpperCase(),
  "with a space": (id) => `${id} `,
  "with a line after it": (id) => `${id}\n`,
  "with a NUL": (id) => `${id}\0`,
  "in braces": (id) => `{${id}}`,
  boxed: (id) => new String(id),
  "in a list": (id) => [id],
  "that says it when asked": (id) => ({ toString: () => id, valueOf: () => id }),
  "without hyphens": (id) => id.replaceAll("-", ""),
  "of version 4": (id) => `${id.slice(0, 14)}4${id.slice(15)}`,
  "of another time": (id) => `f${id.slice(1)}`,
  "of another database": (id) =>
    `${id.slice(0, 15)}${id.slice(15, 18) === "000" ? "001" : "000"}${id.slice(18)}`,
  "of row 0": (id) => `${id.slice(0, 26)}${"0".repeat(10)}`,
  "of the last row there could be": (id) => `${id.slice(0, 26)}${"f".repeat(10)}`,
  "with SQL": (id) => `${id.slice(0, 26)}' OR 1=1 --`,
};

type ToId = (id: string) => Recipe;

const hostileId: fc.Arbitrary<ToId> = fc.oneof(
  hostileValue.map(
    (input): ToId =>
      () =>
        input,
  ),
  fc.constantFrom(...Object.entries(almost)).map(
    ([name, from]): ToId =>
      (id) =>
        recipe(name, () => from(id)),
  ),
  fc.uuid({ version: 7 }).map(
    (id): ToId =>
      () =>
        recipe(id, () => id),
  ),
);

/** Ids are refused, or are of no job; filters are refused, or mean what they say. */
export const idsAndFilters: HostileProperties = {
  "an id that is none is refused, or finds and changes nothing": (subject) =>
    Scene.holds(subject, hostileId, async (scene, toInput) => {
      const { id } = await scene.loose.enqueue("a", "mine", { delayMs: 1_000 });
      const input = toInput(id);
      for (const [name, nothing] of [
        ["get", undefined],
        ["cancel", false],
        ["retry", false],
      ] as const) {
        const end = await scene.tries(input, (value) => scene.any[name]?.(value));
        if ("given" in end) same(`what ${name} gives`, end.given, nothing);
      }
      const waited = await scene.tries(input, (value) => scene.any["result"]?.(value));
      if (!("refused" in waited)) throw new Error("a result came of no job");
      if (!(waited.refused instanceof TypeError) && !(waited.refused instanceof JobGone))
        throw waited.refused;
      const moved = await scene.tries(input, (value) => scene.any["reschedule"]?.(value, 5));
      if ("given" in moved) same("what reschedule gives", moved.given, false);
      await scene.tries(input, (after) => scene.any["list"]?.({ after }));
      same("the job", (await scene.seen(id)).state, "pending");
    }),

  "an instant to reschedule to is refused, or read back": (subject) =>
    Scene.holds(subject, hostileValue, async (scene, input) => {
      const { id } = await scene.loose.enqueue("a", 1, { runAt: 1_234 });
      const end = await scene.tries(input, (value) => scene.any["reschedule"]?.(id, value));
      const { runAt } = await scene.seen(id);
      if ("refused" in end) same("when it is due", runAt, 1_234);
      else if (!Number.isInteger(runAt)) throw new Error(`it is due at ${String(runAt)}`);
    }),

  "a filter of a list is refused, or met by all that is listed": (subject) =>
    Scene.holds(
      subject,
      hostileOptions(["states", "types", "limit", "after"]),
      async (scene, input) => {
        const end = await scene.tries(input, (value) => scene.any["list"]?.(value));
        if ("refused" in end) return;
        const { jobs } = end.given as { jobs: Seen[] };
        const { limit } = (await scene
          .tries(input, (value) => ({ limit: (value as { limit?: unknown } | undefined)?.limit }))
          .then(
            (read) => ("given" in read ? read.given : {}),
            () => ({}),
          )) as { limit?: unknown };
        if (typeof limit === "number" && jobs.length > limit)
          throw new Error(`${jobs.length} jobs`);
      },
    ),

  "what a claim is asked for is refused, or met by all that is claimed": (subject) =>
    Scene.holds(subject, hostileOptions(["types", "limit"]), async (scene, input) => {
      await scene.loose.enqueue("a", 1);
      const end = await scene.tries(input, async (value) => {
        const claimed = (await scene.any["claim"]?.(value)) as { id: string }[];
        for (const job of claimed) await scene.any["complete"]?.(job);
        return claimed;
      });
      if ("given" in end && !Array.isArray(end.given)) throw new Error("no list came");
    }),

  "a retention is refused, or a number of jobs is deleted": (subject) =>
    Scene.holds(
      subject,
      hostileOptions(["completed", "dead", "cancelled"]),
      async (scene, input) => {
        const end = await scene.tries(input, (value) => scene.any["prune"]?.(value));
        if ("given" in end && !Number.isInteger(end.given)) throw new Error(String(end.given));
      },
    ),

  "options of waiting for a result are refused, or end the waiting": (subject) =>
    Scene.holds(subject, hostileOptions(["signal"]), async (scene, input) => {
      const { id } = await scene.typed.enqueue("kept", 1, { priority: 999_999 });
      const end = scene.tries(input, async (value) => {
        const waiting = scene.typedAny["result"]?.(id, value);
        waiting?.catch(() => {});
        const [job] = await scene.typed.claim({ types: ["kept"] });
        if (job !== undefined) await scene.typed.complete(job, "done");
        return await waiting;
      });
      // What was refused has not been waited for, though the job was done.
      await end.catch((error: unknown) => {
        if (!/after a refusal/.test(String(error))) throw error;
      });
    }),
};
