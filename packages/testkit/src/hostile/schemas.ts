import { Queue } from "@turno/core";
import fc from "fast-check";
import { attempt } from "./attempt.ts";
import { hostileOptions, hostileValue } from "./hostile-value.ts";
import type { HostileProperties } from "./properties.ts";
import { type Recipe, recipe } from "./recipe.ts";
import { within } from "../within.ts";
import { callsOf, same, Scene } from "./scene.ts";

/** Schemas that check as nobody should. */
const hostileSchema: fc.Arbitrary<Recipe> = fc.oneof(
  hostileValue.map((input) =>
    recipe(`~standard: ${input.name}`, () => ({ "~standard": input.make() })),
  ),
  hostileValue.map((input) => recipe(`validate: ${input.name}`, () => schema(input.make()))),
  fc
    .oneof(hostileValue, hostileOptions(["issues", "value", "then"]))
    .map((input) => recipe(`answers with ${input.name}`, () => schema(() => input.make()))),
  fc
    .oneof(hostileValue, hostileOptions(["issues", "value"]))
    .map((input) => recipe(`promises ${input.name}`, () => schema(async () => input.make()))),
  hostileOptions(["issues", "value"]).map((input) =>
    recipe(`a thenable of ${input.name}`, () =>
      // oxlint-disable-next-line unicorn/no-thenable -- That is the point.
      schema(() => ({ then: (done: (value: unknown) => void) => done(input.make()) })),
    ),
  ),
  fc
    .array(hostileOptions(["message", "path"]), { minLength: 1, maxLength: 3 })
    .map((issues) =>
      recipe(`issues ${issues.map(({ name }) => name).join()}`, () =>
        schema(() => ({ issues: issues.map(({ make }) => make()) })),
      ),
    ),
  hostileValue.map((input) =>
    recipe(`a path of ${input.name}`, () =>
      schema(() => ({ issues: [{ message: "x", path: [input.make(), { key: input.make() }] }] })),
    ),
  ),
  hostileValue.map((input) =>
    recipe(`throws ${input.name}`, () =>
      schema(() => {
        throw input.make();
      }),
    ),
  ),
);

function schema(validate: unknown): unknown {
  return { "~standard": { version: 1, vendor: "hostile", validate } };
}

/** Definitions and schemas are refused, or check what is enqueued; what a schema throws is its author's to see. */
export const schemas: HostileProperties = {
  "a schema that is none is refused, and one that answers nonsense lets no nonsense in": (
    subject,
  ) =>
    Scene.holds(subject, hostileSchema, async (scene, input) => {
      const made = await scene.tries(
        input,
        (payload) => new Queue({ store: scene.store, jobs: { odd: { payload } } } as never),
      );
      if ("refused" in made) return;
      const queue = callsOf(made.given as object);
      const before = await scene.counts();
      const end = await orThrownBySchema(() => queue["enqueue"]?.("odd", { a: 1 }));
      if (end === "thrown" || "refused" in end)
        return same("what is stored", await scene.counts(), before);
      same("the payload", (await scene.seen((end.given as { id: string }).id)).payload, { a: 1 });
      await scene.loose.cancel((end.given as { id: string }).id);
    }),

  "a stored payload whose schema answers nonsense ends its job, or is claimed": (subject) =>
    Scene.holds(
      { ...subject, runs: Math.ceil((subject.runs ?? 100) / 4) },
      hostileSchema,
      async (scene, input) => {
        const { id } = await scene.loose.enqueue(
          "odd",
          { a: 1 },
          { maxAttempts: 1, timeoutMs: 300 },
        );
        const made = await scene.tries(
          input,
          (payload) => new Queue({ store: scene.store, jobs: { odd: { payload } } } as never),
        );
        if ("given" in made) {
          const worker = (made.given as Queue).work({ odd: () => 1 }, { abortMs: 0 });
          await (made.given as Queue)
            .result(id as never, { signal: AbortSignal.timeout(5_000) })
            .catch(() => {});
          await worker.stop({ graceMs: 0 });
          const { state } = await scene.seen(id);
          if (state !== "completed" && state !== "dead") throw new Error(`the job is ${state}`);
        } else await scene.loose.cancel(id);
      },
    ),

  "definitions are refused, or a queue's": (subject) =>
    Scene.holds(
      subject,
      fc.oneof(
        hostileOptions([
          "priority",
          "maxAttempts",
          "timeoutMs",
          "backoff",
          "payload",
          "result",
        ]).map((input) => recipe(`mail: ${input.name}`, () => ({ mail: input.make() }))),
        hostileOptions(["mail"]),
      ),
      async (scene, input) => {
        const made = await scene.tries(
          input,
          (jobs) => new Queue({ store: scene.store, jobs } as never),
        );
        if ("refused" in made) return;
        const end = await orThrownBySchema(() =>
          callsOf(made.given as object)["enqueue"]?.("mail"),
        );
        if (end !== "thrown" && "given" in end)
          await scene.loose.cancel((end.given as { id: string }).id);
      },
    ),

  "options of a queue are refused, or it works": (subject) =>
    Scene.holds(
      subject,
      hostileOptions(["store", "jobs", "retention", "leaseMs", "clock", "random"]),
      async (scene, input) => {
        await scene.tries(input, (options) => new Queue(options as never));
        await scene.tries(input, (options) => new Queue(withStore(options, scene) as never));
      },
    ),
};

/** The same on the scene's store, getters and all; what is no plain object stays as it is. */
function withStore(options: unknown, { store }: Scene): unknown {
  try {
    if (Object.getPrototypeOf(options) !== Object.prototype) return options;
    const own = Object.getOwnPropertyDescriptors(options as object);
    return Object.defineProperties({}, { ...own, store: { value: store, enumerable: true } });
  } catch {
    return options;
  }
}

/** What a schema throws, its caller gets as it is, and waits for what it promises: it is its author's to see to. */
async function orThrownBySchema(call: () => unknown) {
  try {
    const ended = attempt(() => undefined, call);
    // A schema whose promise is never kept has its caller wait for ever.
    if (!(await within(500, ended))) return "thrown";
    return await ended;
  } catch (error) {
    if (error instanceof Error && "cause" in error && isOfSchema(error.cause)) return "thrown";
    throw error;
  }
}

function isOfSchema(thrown: unknown): boolean {
  try {
    const isItsOwn = !(thrown instanceof TypeError);
    return isItsOwn || /^(Class constructor|Cannot perform)/.test(thrown.message);
  } catch {
    return true;
  }
}
