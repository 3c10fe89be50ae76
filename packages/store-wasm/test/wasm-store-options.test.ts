import { expect, it, onTestFinished, vi } from "vitest";
import { resolveOptions } from "../src/wasm-store-options.ts";

it("pages that give their tables other names have a queue of their own, under the same name", () => {
  vi.stubGlobal("indexedDB", {});
  onTestFinished(() => void vi.unstubAllGlobals());
  const queueOf = (options: Parameters<typeof resolveOptions>[0]) => resolveOptions(options).queue;
  expect(queueOf({ name: "photos" })).toBe("photos");
  expect(queueOf({ name: "photos", table: "turno_" })).toBe("photos");
  expect(queueOf({ name: "photos", table: "other_" })).toBe("photos/other_");
});
