import { MemoryStore, Queue } from "@turno/core";
import { expect, it } from "vitest";
import { fresh } from "../fresh.ts";
import { outcomeOf } from "../outcome-of.ts";
import { turns } from "../turns.ts";

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

it("closing the queue gives back uncharged what a claim under way takes all the same", async () => {
  let answer = () => {};
  const { queue, memory } = fresh({
    between: async (method, call, argument: { claim?: unknown }) => {
      const given = call();
      if (method === "commit" && argument.claim !== undefined)
        await new Promise<void>((resolve) => (answer = resolve));
      return given;
    },
  });
  await queue.enqueue("a", 1, { maxAttempts: 1 });
  const claim = outcomeOf(queue.claim());
  await turns();
  expect(memory.counts()).toMatchObject({ running: 1 });
  const closing = queue.close();
  expect(await claim).toMatchObject({ code: "QueueClosed" });
  answer();
  await closing;
  expect(memory.list({ limit: 10 })).toMatchObject([{ state: "pending", attempt: 0, ready: true }]);
  expect(memory.workers()).toEqual([]);
});
