import { type Job, LeaseLost, type Queue, TurnoError } from "@turno/core";
import type { Calls } from "./calls.ts";
import { type History, shown } from "./history.ts";
import type { Claimed, Jobs } from "./jobs.ts";
import type { HandSettling } from "./step.ts";

interface Hand {
  readonly job: Claimed;
  readonly claim: Job | undefined;
  readonly queue: number;
}

/** Claim and settle by hand. */
export class Hands {
  readonly #queues: readonly Queue<Jobs>[];
  readonly #calls: Calls;
  readonly #history: History;
  readonly #held: Hand[] = [];
  readonly #settled = new Set<Job>();

  constructor(queues: readonly Queue<Jobs>[], calls: Calls, history: History) {
    this.#queues = queues;
    this.#calls = calls;
    this.#history = history;
  }

  claim(queue: number, limit: number): void {
    void this.#calls.make(
      `claim ${limit} on ${queue}`,
      () => this.#queues[queue]!.claim({ limit }),
      {
        given: (jobs) => {
          for (const job of jobs) this.#hold(job, queue);
        },
      },
    );
  }

  settleOne(pick: number, how: HandSettling): void {
    const hand = this.#held[pick % this.#held.length];
    if (hand !== undefined) void this.settle(hand, how);
  }

  releaseAll(): void {
    for (const hand of this.#held) void this.settle(hand, "release");
  }

  /** Resolves when the queue has answered; what it answered must be so. */
  settle({ job, claim, queue }: Hand, how: HandSettling): Promise<void> {
    return this.#calls.make(
      `${how} ${job.id.slice(-3)} by hand`,
      () => this.#ask(job, queue, how),
      {
        given: ({ state }) => {
          const next = claim && this.#history.after(claim);
          if (next === undefined || next.state !== state || this.#settled.has(next))
            this.#history.accuse(
              `${how} by hand gave ${state}, but stored is ${next && shown(next)}`,
            );
          else this.#settled.add(next);
          if (isLoss(job.signal.reason))
            this.#history.accuse(`${how} by hand gave ${state}, but its signal says it was lost`);
        },
        refused: (error) => {
          if (error instanceof LeaseLost && claim && this.#history.after(claim) === undefined)
            this.#history.accuse(`${how} by hand: LeaseLost, though ${shown(claim)} is held`);
        },
      },
    );
  }

  #hold(job: Claimed, queue: number): void {
    const claim = this.#history.take(job);
    if (claim === undefined) this.#history.accuse(`claim gave ${job.id}, which is not held`);
    this.#held.push({ job, claim, queue });
  }

  #ask(claimed: Claimed, number: number, how: HandSettling) {
    const queue = this.#queues[number]!;
    // Settling takes a job of any one type, but not of one of several.
    const job = claimed as never;
    switch (how) {
      case "complete":
        return queue.complete(job, 1 as never);
      case "fail":
        return queue.fail(job, new Error("by hand"));
      case "snooze":
        return queue.snooze(job, { delayMs: 20 });
      case "release":
        return queue.release(job);
    }
  }
}

function isLoss(reason: unknown): boolean {
  return reason instanceof TurnoError && ["LeaseLost", "JobCancelled"].includes(reason.code);
}
