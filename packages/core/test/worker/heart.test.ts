import { type BeatReply, type Heart, type HeartOptions, MemoryStore } from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";

/** A store with a heart of its own, which a test makes beat. */
class Hearted extends MemoryStore {
  readonly hearts: {
    worker: number;
    options: HeartOptions;
    silences: (number | undefined)[];
    stopped: boolean;
  }[] = [];

  heart(worker: number, options: HeartOptions): Heart {
    const heart = { worker, options, silences: [] as (number | undefined)[], stopped: false };
    this.hearts.push(heart);
    return {
      silenceIn: (ms) => heart.silences.push(ms),
      stop: () => {
        heart.stopped = true;
      },
    };
  }

  get last() {
    return this.hearts.at(-1)!;
  }
}

function hearted() {
  const memory = new Hearted({ random: () => 0.25 });
  return { ...fresh({ memory }), memory };
}

describe("a store's own heart", () => {
  it("beats three times a lease in place of the worker, until it stops", async () => {
    const { queue, clock, memory } = hearted();
    const worker = queue.work({ a: () => {} }, { leaseMs: 3_000 });
    await clock.advance(2_500);
    expect(memory.hearts).toMatchObject([
      { worker: 1, options: { everyMs: 1_000 }, stopped: false },
    ]);
    expect(memory.workers()).toMatchObject([{ beat: 0 }]);
    await worker.stop();
    expect(memory.last.stopped).toBe(true);
  });

  it("tells the worker that it was given up, and gets another for its new number", async () => {
    const { queue, clock, memory } = hearted();
    queue.work({ a: () => {} });
    await clock.advance(10);
    memory.leave(1);
    const unknown: BeatReply = { known: false, holds: [] };
    memory.last.options.onReply(unknown);
    await clock.advance(10);
    expect(memory.hearts).toMatchObject([
      { worker: 1, stopped: true },
      { worker: 2, stopped: false },
    ]);
    memory.hearts[0]!.options.onReply(unknown);
    await clock.advance(10);
    expect(memory.hearts).toHaveLength(2);
  });

  it("tells the worker its errors", async () => {
    const { queue, clock, memory } = hearted();
    const errors: unknown[] = [];
    queue.work({ a: () => {} }).on("error", ({ error }) => errors.push(error));
    await clock.advance(10);
    memory.last.options.onError(new Error("no pulse"));
    expect(errors).toEqual([new Error("no pulse")]);
  });

  it("is told to fall silent a lease after a handler's time is up, while one has a limit", async () => {
    const { queue, clock, memory } = hearted();
    queue.work({ a: () => after(clock, 500) }, { leaseMs: 3_000 });
    await clock.advance(10);
    await queue.enqueue("a", null, { timeoutMs: 2_000 });
    await clock.advance(100);
    await queue.enqueue("a", null, { timeoutMs: 1_000 });
    await queue.enqueue("a");
    await clock.advance(1_000);
    const { silences } = memory.last;
    expect(silences[0]).toBe(5_000);
    expect(silences[1]).toBe(4_000);
    expect(silences.at(-1)).toBeUndefined();
  });

  it("of a new number learns when to fall silent too", async () => {
    const { queue, clock, memory } = hearted();
    queue.work({ a: () => after(clock, 60_000) }, { leaseMs: 3_000 });
    await clock.advance(10);
    await queue.enqueue("a", null, { timeoutMs: 50_000 });
    await clock.advance(100);
    // Given up, and known again before anybody has taken the job.
    memory.last.options.onReply({ known: false, holds: [] });
    await clock.advance(100);
    expect(memory.hearts).toHaveLength(2);
    expect(memory.last.silences.at(-1)).toBe(52_900);
  });
});
