import { MemoryStore, Queue } from "@turno/core";
import { expect, it } from "vitest";

it("closing the queue gives back uncharged what was claimed by hand and not settled", async () => {
  const store = new MemoryStore();
  const queue = new Queue({ store });
  await queue.enqueueMany([
    { type: "a", payload: 1 },
    { type: "a", payload: 2 },
  ]);
  const [first] = await queue.claim({ limit: 2 });
  if (first === undefined) throw new Error("there is a job");
  await queue.complete(first);
  await queue.close();
  expect(store.list({ limit: 10 })).toMatchObject([
    { state: "pending", attempt: 0, ready: true },
    { state: "completed", attempt: 1 },
  ]);
  expect(store.workers()).toEqual([]);
});
