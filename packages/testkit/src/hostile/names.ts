import fc from "fast-check";
import { hostileText } from "./hostile-text.ts";
import { hostileValue } from "./hostile-value.ts";
import type { HostileProperties } from "./properties.ts";
import { type Recipe, recipe } from "./recipe.ts";
import { same, Scene } from "./scene.ts";

const name: fc.Arbitrary<Recipe> = fc.oneof(
  { weight: 3, arbitrary: hostileText.map((text) => recipe(JSON.stringify(text), () => text)) },
  { weight: 1, arbitrary: hostileValue },
);

/** Names of types and unique keys are refused, or are that very name everywhere. */
export const names: HostileProperties = {
  "the name of a type is refused, or is that name in every call": (subject) =>
    Scene.holds(subject, name, async (scene, input) => {
      const end = await scene.tries(input, (value) => scene.any["enqueue"]?.(value, 1));
      const type = input.make();
      if ("refused" in end) return;
      const { id } = end.given as { id: string };
      same("the type", (await scene.seen(id)).type, type);
      const page = (await scene.any["list"]?.({ types: [type], limit: 1 })) as {
        jobs: { id: string }[];
      };
      same(
        "the page of the type",
        page.jobs.map((job) => job.id),
        [id],
      );
      await scene.any["pause"]?.(type);
      same("what a paused type gives", await scene.any["claim"]?.({ types: [type] }), []);
      await scene.any["resume"]?.(type);
      const claimed = await scene.any["claim"]?.({ types: [type], limit: 1_000 });
      const job = (claimed as readonly { readonly type: string }[])[0];
      same("the type that is claimed", job?.type, type);
      await scene.any["complete"]?.(job);
    }),

  "the name of a type that is paused is refused, or resumed": (subject) =>
    Scene.holds(subject, name, async (scene, input) => {
      const end = await scene.tries(input, (value) => scene.any["pause"]?.(value));
      const after = await scene.tries(input, (value) => scene.any["resume"]?.(value));
      same("pause and resume agree", "given" in end, "given" in after);
    }),

  "a unique key is refused, or held as it is": (subject) =>
    Scene.holds(subject, fc.tuple(name, hostileText), async (scene, [input, other]) => {
      const enqueue = (uniqueKey: unknown) => scene.any["enqueue"]?.("keyed", 1, { uniqueKey });
      const end = await scene.tries(input, enqueue);
      const key = input.make();
      if ("refused" in end || typeof key !== "string") return;
      const { id } = end.given as { id: string };
      same("the key", (await scene.seen(id)).uniqueKey, key);
      same("whoever takes it again", await enqueue(key), { id, added: false });
      if (other === key) return;
      const another = await scene.tries(
        recipe("another", () => other),
        enqueue,
      );
      if ("given" in another && (another.given as { id: string }).id === id)
        throw new Error(`${JSON.stringify(other)} is taken for ${JSON.stringify(key)}`);
      await scene.any["cancel"]?.(id);
    }),

  "names of handlers are refused, or run the jobs of that name": (subject) =>
    Scene.holds(
      { ...subject, runs: Math.ceil((subject.runs ?? 100) / 4) },
      hostileText,
      async (scene, type) => {
        const { promise, resolve } = Promise.withResolvers<string>();
        const handlers = Object.fromEntries([[type, (job: { type: string }) => resolve(job.type)]]);
        const end = await scene.tries(
          recipe(type, () => handlers),
          (value) => scene.any["work"]?.(value),
        );
        if ("refused" in end) return;
        const added = (await scene.any["enqueue"]?.(type, 1)) as { id: string };
        same("the type that ran", await promise, type);
        await scene.any["result"]?.(added.id);
        await (end.given as AsyncDisposable)[Symbol.asyncDispose]();
      },
    ),
};
