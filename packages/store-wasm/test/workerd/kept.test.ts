import { beforeEach, expect, it } from "vitest";
import { withBuilt } from "./built.ts";

const place = await withBuilt("kept", "Kept");
beforeEach((context) => place.need(context));

it("what takes several rows is read as it was written", async () => {
  expect(await place.ask("/parts", "parts")).toEqual([true, true]);
});

it("who was taken over writes nothing more, and is told", async () => {
  const TAKEN = "StoreTakenOver";
  const log = [[["turno_paused", "a", ["a"]]]];
  expect(await place.ask("/fence", "takenOver")).toEqual([TAKEN, TAKEN, TAKEN, TAKEN, log]);
});

it("who gives no wasm is told to import it, since nothing can be compiled there", async () => {
  const words = /^cannot open the store: .* import the wasm as a module and give it as `wasm`/;
  expect(await place.ask("/without", "withoutWasm")).toMatch(words);
});

it("every job that was acknowledged is there after workerd was killed", async () => {
  let acknowledged = 0;
  const enqueue = async () => {
    for (;;) {
      const isThere = await place.ask("/kept", { enqueue: "n" }).then(
        () => true,
        () => false,
      );
      if (!isThere) return;
      acknowledged++;
    }
  };
  for (let kill = 1; kill <= 3; kill++) {
    const producers = [enqueue(), enqueue(), enqueue()];
    await expect.poll(() => acknowledged, { timeout: 20_000 }).toBeGreaterThan(100 * kill);
    await place.restart();
    await Promise.all(producers);
  }
  const count = await place.ask<number>("/kept", "count");
  expect(count).toBeGreaterThanOrEqual(acknowledged);
  // Each of three producers may have lost one answer at each kill.
  expect(count).toBeLessThanOrEqual(acknowledged + 9);
});
