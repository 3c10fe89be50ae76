import { MemoryStore, Queue } from "@turno/core";
import { expect, it } from "vitest";
import { ManualClock } from "../manual-clock.ts";

it("goes by the store's clock, unless it is given one", async () => {
  const clock = new ManualClock();
  const memory = new MemoryStore();
  const store = Object.assign(memory, { clock });
  await new Queue({ store }).enqueue("a");
  const given = new ManualClock();
  given.jump(5_000);
  await new Queue({ store, clock: given }).enqueue("a");
  expect(memory.list({ limit: 2 }).map(({ createdAt }) => createdAt)).toEqual([
    given.now(),
    clock.now(),
  ]);
});
