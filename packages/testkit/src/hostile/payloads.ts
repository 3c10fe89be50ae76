import { ValueRefused } from "@turno/core";
import fc from "fast-check";
import { hostileTree, hostileValue } from "./hostile-value.ts";
import type { HostileProperties } from "./properties.ts";
import { same, Scene } from "./scene.ts";

/** A payload or a result is refused with its path, or read back as it was given. */
export const payloads: HostileProperties = {
  "a payload is refused with its path, or read back as JSON has it": (subject) =>
    Scene.holds(subject, hostileTree, async (scene, input) => {
      const end = await scene.tries(input, (value) => scene.any["enqueue"]?.("a", value));
      if ("refused" in end) return assertPath(end.refused, "payload");
      const { payload } = await scene.seen((end.given as { id: string }).id);
      assertKept(payload, input.make);
    }),

  "one of many payloads is refused with its place, and the others with it": (subject) =>
    Scene.holds(subject, hostileTree, async (scene, input) => {
      const good = { type: "a", payload: 1 };
      const end = await scene.tries(input, (payload) =>
        scene.any["enqueueMany"]?.([good, { type: "a", payload }, good]),
      );
      if ("refused" in end) return assertPath(end.refused, "jobs[1].payload");
      const [, added] = end.given as readonly { id: string }[];
      assertKept((await scene.seen(added?.id)).payload, input.make);
    }),

  "whatever is given instead of many jobs, or of one of them, is refused": (subject) =>
    Scene.holds(subject, fc.tuple(hostileValue, fc.boolean()), async (scene, [input, isList]) => {
      const before = await scene.counts();
      const end = await scene.tries(input, (value) =>
        scene.any["enqueueMany"]?.(isList ? value : [value]),
      );
      if ("refused" in end) return;
      const { length } = end.given as readonly unknown[];
      same("what is stored", (await scene.counts()).pending, before.pending + length);
    }),

  "a result is refused with its path and the job still held, or read back": (subject) =>
    Scene.holds(subject, hostileTree, async (scene, input) => {
      const { id } = await scene.typed.enqueue("kept", 1, { priority: 999_999 });
      const [job] = await scene.typed.claim({ types: ["kept"] });
      same("what is claimed", job?.id, id);
      const end = await scene.tries(input, (value) => scene.typedAny["complete"]?.(job, value));
      if ("refused" in end) {
        assertPath(end.refused, "result");
        await scene.typedAny["complete"]?.(job, "instead");
        same("the result", await scene.typed.result(id), "instead");
      } else assertKept(await scene.typed.result(id), input.make);
    }),
};

function assertPath(error: Error, root: string): void {
  if (
    error instanceof ValueRefused &&
    error.path.startsWith(root) &&
    error.message.startsWith(root)
  )
    return;
  throw new Error(`it was refused without its path: ${error.message}`, { cause: error });
}

/** What JSON makes of it, told by the language itself; what changes at each look can be told by nobody. */
export function assertKept(found: unknown, make: () => unknown): void {
  const value = make();
  const texts = new Set([value, value, make()].map(textOf));
  if (texts.size === 1) same("what is read back", found, JSON.parse([...texts][0] ?? "null"));
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // It has changed into what is no JSON.
    return `no JSON: ${Math.random()}`;
  }
}
