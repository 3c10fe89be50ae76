import { defineJobs, json, MemoryStore, Queue, type Write } from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";
import { ManualClock } from "../manual-clock.ts";
import { asyncSchema } from "../schema.ts";
import { turns } from "../turns.ts";
import { unhandledDuring } from "../unhandled-during.ts";

const jobs = defineJobs({
  square: {
    payload: json<number>(),
    result: json<number>(),
    maxAttempts: 2,
    backoff: { baseMs: 1 },
  },
  slow: { payload: asyncSchema<number>((value) => ({ value })) },
  picky: { payload: asyncSchema<number>(() => ({ issues: [{ message: "never fits" }] })) },
});

/** Writes that were made in it; they count once it is committed. */
class Transaction {
  readonly writes: Write[] = [];
}

/** A store whose callers have transactions: a write in one is tried on what is stored, but stays undone until commit. */
class TransactionalStore extends MemoryStore {
  within(transaction: Transaction) {
    return {
      commit: (write: Write) => {
        transaction.writes.push(write);
        const replaced = (write.replace ?? []).map((job) => {
          const isHeld = this.get([job.seq])[0]?.revision === job.revision - 1;
          return isHeld ? ("written" as const) : ("stale" as const);
        });
        const added = (write.add ?? []).map(() => ({ id: "given at commit", added: true }));
        return { replaced, added, claimed: [], workerKnown: true };
      },
    };
  }

  settle(transaction: Transaction) {
    for (const write of transaction.writes) this.commit(write);
  }
}

function opened() {
  const clock = new ManualClock();
  const store = new TransactionalStore({ random: () => 0.25 });
  const queue = new Queue({ store, jobs, clock, random: () => 0.5 });
  return { clock, store, queue };
}

describe("within a transaction", () => {
  it("enqueues with plain values, and wakes workers once it is over", async () => {
    const { queue, store, clock } = opened();
    const seen: number[] = [];
    queue.work({ square: ({ payload }) => seen.push(payload) });
    await clock.advance(10);
    const transaction = new Transaction();
    expect(queue.within(transaction).enqueue("square", 3)).toMatchObject({ added: true });
    const items = [{ type: "square", payload: 4 }] as const;
    expect(queue.within(transaction).enqueueMany(items)).toHaveLength(1);
    store.settle(transaction);
    expect(await clock.until(() => seen.length === 2)).toBe(0);
    expect(seen).toEqual([3, 4]);
  });

  it("refuses at once what is wrong", () => {
    const { queue } = opened();
    const within = queue.within(new Transaction());
    expect(() => within.enqueue("square", 1n as never)).toThrow(/^payload is a BigInt/);
    expect(() => within.enqueue("nope" as "square", 1)).toThrow(/no type "nope"/);
    expect(() => within.enqueueMany([{ type: "square", payload: 1, priority: 0.5 }])).toThrow(
      /^jobs\[0\]: priority/,
    );
    expect(() => within.complete({} as never, 9 as never)).toThrow(/expected a claimed job/);
  });

  it("refuses schemas that answer with a promise, and leaves no rejection behind", async () => {
    const { queue } = opened();
    const within = queue.within(new Transaction());
    const unhandled = await unhandledDuring(async () => {
      expect(() => within.enqueue("picky", 1)).toThrow(/schema that answers with a promise/);
      const items = Array.from({ length: 3 }, () => ({ type: "picky" as const, payload: 1 }));
      expect(() => within.enqueueMany(items)).toThrow(/schema that answers with a promise/);
      await turns();
    });
    expect(unhandled).toEqual([]);
  });

  it("completes a claimed job, and refuses one that is no longer held", async () => {
    const { queue, store } = opened();
    const { id } = await queue.enqueue("square", 3);
    const [job] = await queue.claim({ types: ["square"] });
    const transaction = new Transaction();
    const settled = queue.within(transaction).complete(job!, 9);
    expect(settled).toMatchObject({ id, state: "completed" });
    store.settle(transaction);
    expect(await queue.get(id)).toMatchObject({ state: "completed", result: 9 });
    expect(() => queue.within(new Transaction()).complete(job!, 9)).toThrow(/no longer held/);
  });

  it("lets a handler complete its job, which the worker then does not", async () => {
    const { queue, store, clock } = opened();
    const { id } = await queue.enqueue("square", 3);
    const worker = queue.work({
      square: (job) => {
        const transaction = new Transaction();
        const settled = queue.within(transaction).complete(job, 9);
        store.settle(transaction);
        return settled;
      },
    });
    const told: unknown[] = [];
    worker.on("completed", ({ job }) => told.push(job.id));
    worker.on("lost", ({ reason }) => told.push(reason));
    await clock.until(() => told.length > 0);
    await clock.advance(60_000);
    expect(told).toEqual([id]);
    expect(await queue.get(id)).toMatchObject({ result: 9, revision: 3 });
  });

  it("completes a job, which is told at once though its handler goes on", async () => {
    const { queue, store, clock } = opened();
    await queue.enqueue("square", 3);
    const told: string[] = [];
    const worker = queue.work({
      square: async (job) => {
        const transaction = new Transaction();
        const settled = queue.within(transaction).complete(job, 9);
        store.settle(transaction);
        await after(clock, 1_000);
        told.push("the handler ends");
        return settled;
      },
    });
    worker.on("completed", () => told.push("completed"));
    await clock.advance(2_000);
    expect(told).toEqual(["completed", "the handler ends"]);
  });

  it("completes a job for good, though its handler then throws, and that is told as an error", async () => {
    const { queue, store, clock } = opened();
    const { id } = await queue.enqueue("square", 3);
    const trouble = new Error("afterwards");
    const worker = queue.work({
      square: (job) => {
        const transaction = new Transaction();
        queue.within(transaction).complete(job, 9);
        store.settle(transaction);
        throw trouble;
      },
    });
    const told: unknown[] = [];
    worker.on("completed", ({ job }) => told.push(job.id));
    worker.on("error", ({ error }) => told.push(error));
    await clock.advance(1_000);
    expect(told).toEqual([id, trouble]);
  });

  it("fails the attempt of a handler whose transaction was not committed", async () => {
    const { queue, store, clock } = opened();
    const { id } = await queue.enqueue("square", 3);
    const failed: unknown[] = [];
    let attempts = 0;
    const worker = queue.work({
      square: (job) => {
        const transaction = new Transaction();
        const settled = queue.within(transaction).complete(job, 9);
        if (++attempts === 2) store.settle(transaction);
        return settled;
      },
    });
    worker.on("failed", ({ error }) => failed.push(error));
    await clock.until(() => store.counts().completed === 1);
    expect(failed).toMatchObject([{ message: expect.stringContaining("was not committed") }]);
    expect(await queue.get(id)).toMatchObject({ attempt: 2, result: 9 });
  });

  it("goes by what the handler does after its transaction was rolled back", async () => {
    const { queue, store, clock } = opened();
    const { id } = await queue.enqueue("square", 3);
    queue.work({
      square: (job) => {
        queue.within(new Transaction()).complete(job, 9);
        return 10;
      },
    });
    await clock.until(() => store.counts().completed === 1);
    expect(await queue.get(id)).toMatchObject({ result: 10 });
  });

  it("is refused where the store's callers have none", () => {
    const { queue } = fresh();
    const untyped = queue as object as { within(transaction: unknown): unknown };
    expect(() => untyped.within({})).toThrow(/takes no transactions of its callers/);
  });
});
