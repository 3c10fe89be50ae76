import { type Clock, MemoryStore, Queue } from "@turno/core";
import { expect, it } from "vitest";
import { ManualClock } from "../manual-clock.ts";
import { turns } from "../turns.ts";

it("a clock that gives turns of its own is asked for each turn, and no other is waited for", async () => {
  const clock = new ManualClock();
  const asked: (() => void)[] = [];
  const withTurns: Clock = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
    clearTimeout: (timer) => clock.clearTimeout(timer),
    soon: (callback) => asked.push(callback),
  };
  const store = new MemoryStore();
  const queue = new Queue({ store, clock: withTurns });
  const { id } = await queue.enqueue("job", null);
  const worker = queue.work({ job: () => {} });
  await turns();
  const [held] = store.list({ limit: 1 });
  expect(held).toMatchObject({ id, state: "running" });
  for (let callback = asked.shift(); callback !== undefined; callback = asked.shift()) {
    callback();
    await turns();
  }
  expect(store.list({ limit: 1 })).toMatchObject([{ id, state: "completed" }]);
  void worker.stop();
});
