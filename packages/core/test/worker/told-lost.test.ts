import { MemoryStore, Queue, type Store, type Watched, type WorkerRecord } from "@turno/core";
import { expect, it } from "vitest";
import { around } from "../around.ts";
import { ManualClock } from "../manual-clock.ts";

it.each([
  ["between two looks", false],
  ["during a look", true],
])("a worker is given up when the store tells %s that it is gone", async (_, whileLooking) => {
  const clock = new ManualClock();
  const { store, memory, tell, watching } = telling();
  const queue = new Queue({ store, clock });
  await queue.enqueue("a");
  const dead = memory.join({ leaseMs: 3_600_000 });
  memory.commit({ now: clock.now(), claim: { worker: dead, limit: 1 } });
  let ranAt = Number.NaN;
  queue.work({ a: () => (ranAt = clock.monotonic()) }, { pollMs: 60_000 });
  await clock.advance(2_500);
  const toldAt = tell(dead, whileLooking ? "with the next look" : "now", () => clock.monotonic());
  await clock.until(() => memory.counts().completed === 1);
  expect(ranAt - (await toldAt)).toBeLessThan(100);
  await queue.close();
  expect(watching.size).toBe(0);
});

/** A store that knows at once which workers are gone, and says so. */
function telling() {
  const memory = new MemoryStore();
  const gone = new Set<number>();
  const watching = new Set<() => void>();
  let onLooked = () => {};
  const looked = around(memory, (method, call) => {
    const answer = call();
    if (method !== "workers") return answer;
    const workers = (answer as WorkerRecord[]).map((it) => ({ ...it, gone: gone.has(it.id) }));
    onLooked();
    return workers;
  });
  const watch: Store["watch"] = (listener: () => void, what?: Watched) => {
    if (what === "lost") watching.add(listener);
    return { [Symbol.dispose]: () => void watching.delete(listener) };
  };
  const tell = (worker: number, when: "now" | "with the next look", now: () => number) =>
    new Promise<number>((told) => {
      onLooked = () => {
        onLooked = () => {};
        gone.add(worker);
        for (const listener of watching) listener();
        told(now());
      };
      if (when === "now") onLooked();
    });
  return { memory, store: { ...looked, watch }, watching, tell };
}
