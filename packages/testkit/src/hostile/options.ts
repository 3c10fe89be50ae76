import fc from "fast-check";
import { hostileOptions, hostileValue } from "./hostile-value.ts";
import type { HostileProperties } from "./properties.ts";
import { type Loose, same, Scene, type Seen } from "./scene.ts";

const ENQUEUE = [
  "priority",
  "maxAttempts",
  "timeoutMs",
  "backoff",
  "runAt",
  "delayMs",
  "uniqueKey",
  "uniqueUntil",
];
const BACKOFF = ["kind", "baseMs", "capMs", "jitter"];
const WORK = ["concurrency", "concurrencyOf", "leaseMs", "pollMs", "graceMs", "abortMs", "signal"];

/** Options are refused with their name, or mean what they say. */
export const options: HostileProperties = {
  "options of a job are refused, or leave a job that is sound": (subject) =>
    Scene.holds(subject, hostileOptions(ENQUEUE), async (scene, input) => {
      const end = await scene.tries(input, (value) => scene.any["enqueue"]?.("a", 1, value));
      if ("given" in end) assertSound(await scene.seen((end.given as { id: string }).id));
    }),

  "options beside the payload of one of many are refused, or leave a sound job": (subject) =>
    Scene.holds(subject, hostileOptions(ENQUEUE), async (scene, input) => {
      const end = await scene.tries(input, (value) =>
        scene.any["enqueueMany"]?.([withType(value)]),
      );
      if ("given" in end)
        assertSound(await scene.seen((end.given as readonly { id: string }[])[0]?.id));
    }),

  "a single option is refused with its name, or read back": (subject) =>
    Scene.holds(
      subject,
      fc.tuple(fc.constantFrom(...ENQUEUE), hostileValue),
      async (scene, [name, input]) => {
        const end = await scene.tries(input, (value) =>
          scene.any["enqueue"]?.("a", 1, { [name]: value }),
        );
        if ("refused" in end) {
          if (!end.refused.message.includes(name)) throw end.refused;
          return;
        }
        const job = await scene.seen((end.given as { id: string }).id);
        assertSound(job);
        const value = input.make();
        if (name === "delayMs" || value === undefined || value === null) return;
        const kept: unknown = job[name as keyof Seen];
        if (typeof value === "object" && name === "backoff")
          same(name, kept, JSON.parse(JSON.stringify(value)));
        else same(name, kept, value instanceof Date ? kept : value);
      },
    ),

  "a backoff is refused, or read back as numbers": (subject) =>
    Scene.holds(subject, hostileOptions(BACKOFF), async (scene, input) => {
      const end = await scene.tries(input, (backoff) =>
        scene.any["enqueue"]?.("a", 1, { backoff }),
      );
      if ("given" in end) assertSound(await scene.seen((end.given as { id: string }).id));
    }),

  "options and handlers of a worker are refused, or it works and stops": (subject) =>
    Scene.holds(
      subject,
      fc.oneof(
        fc.tuple(hostileOptions(WORK), fc.constant(undefined)),
        fc.tuple(hostileOptions(["a", "b"]), fc.constant("handlers" as const)),
      ),
      async (scene, [input, which]) => {
        const end = await scene.tries(input, (value) =>
          which === undefined
            ? scene.any["work"]?.({ never: () => 1 }, value)
            : scene.any["work"]?.(value),
        );
        if ("given" in end)
          await (end.given as { stop(options: object): Promise<void> }).stop({ graceMs: 0 });
      },
    ),

  "options of stopping are refused, and the worker stops": (subject) =>
    Scene.holds(subject, hostileOptions(["graceMs"]), async (scene, input) => {
      const worker = scene.loose.work({ never: () => 1 });
      const calls = worker as unknown as Loose;
      await scene.tries(input, (value) => calls["stop"]?.(value));
      await worker.stop({ graceMs: 0 });
    }),

  "the name of an event and its listener are refused, or heard": (subject) =>
    Scene.holds(subject, fc.tuple(hostileValue, hostileValue), async (scene, [name, listener]) => {
      await scene.tries(name, (value) => scene.any["on"]?.(value, listener.make()));
      await scene.tries(listener, (value) => scene.any["on"]?.("error", value));
    }),
};

/** The same with a type, getters and all; what is no plain object stays as it is. */
function withType(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  try {
    if (Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.defineProperties({ type: "a" }, Object.getOwnPropertyDescriptors(value));
  } catch {
    return value;
  }
}

function assertSound(job: Seen): void {
  const { priority, maxAttempts, timeoutMs, runAt, uniqueKey, uniqueUntil, backoff } = job;
  const isSound =
    isFrom(priority, -1e6, 1e6) &&
    isFrom(maxAttempts, 1, 1e6) &&
    (timeoutMs === undefined || isFrom(timeoutMs, 1, 2 ** 31 - 1)) &&
    isFrom(runAt, 0, 8.64e15) &&
    (uniqueKey === undefined ||
      (typeof uniqueKey === "string" && uniqueKey.isWellFormed() && uniqueKey.length < 256)) &&
    (uniqueUntil === "finished" || uniqueUntil === "pruned") &&
    (backoff === undefined ||
      Object.entries(backoff as object).every(([name, value]) =>
        name === "kind"
          ? typeof value === "string"
          : BACKOFF.includes(name) && Number.isFinite(value),
      ));
  if (!isSound) throw new Error(`the job is not sound: ${JSON.stringify(job)}`);
}

function isFrom(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}
