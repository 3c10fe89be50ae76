import { defineJobs, json, Queue, type PlainQueue, type Store } from "@turno/core";
import { type Payload, payload } from "../payload.ts";
import type { Peer, Setup } from "../peer.ts";
import { typeOf, typesOf } from "../type-of.ts";
import { enqueueAwaiting } from "./enqueue-awaiting.ts";
import { inThousands } from "./in-thousands.ts";

interface Kept {
  readonly store: Store;
  readonly durability: string;
  /** Closes what the store does not. */
  readonly close?: () => void;
}

/** A third of the lease that is the default. */
const BEAT_MS = 10_000;

const AT_ONCE = { completed: 0, cancelled: 0, dead: 0 };

/** Turno over any of its stores, with all its defaults but the durability and the concurrency. */
export function turno({ payloadBytes, types }: Setup, { store, durability, close }: Kept): Peer {
  const names = typesOf(types);
  const noop = { payload: json<Payload>() };
  const jobs = defineJobs(Object.fromEntries(names.map((name) => [name, noop])));
  const queue: PlainQueue<typeof jobs> = new Queue({ store, jobs });
  const enqueue = async (index: number) =>
    void (await queue.enqueue(typeOf(index, types), payload(index, payloadBytes)));
  return {
    durability,
    beatMs: BEAT_MS,
    enqueue,
    enqueueAwaiting: (n) => enqueueAwaiting(n, enqueue),
    fill: (n, delayMs) =>
      inThousands(n, (from, to) =>
        queue.enqueueMany(
          Array.from({ length: to - from }, (_, i) => ({
            type: typeOf(from + i, types),
            payload: payload(from + i, payloadBytes),
            delayMs,
          })),
        ),
      ),
    async count() {
      return Object.values(await queue.counts()).reduce((sum, count) => sum + count, 0);
    },
    work(ticks, { concurrency, handlerMs }) {
      const handle = async (job: { readonly payload: Payload }) => {
        ticks.ran(job.payload.index);
        if (handlerMs !== undefined) await new Promise((resolve) => setTimeout(resolve, handlerMs));
      };
      const handlers = Object.fromEntries(names.map((name) => [name, handle]));
      const worker = queue.work(handlers, { concurrency });
      worker.on("completed", () => ticks.stored());
      for (const name of ["failed", "dead", "lost", "error"] as const)
        worker.on(name, (event) => ticks.failed("error" in event ? event.error : event.reason));
    },
    views: {
      counts: () => queue.counts(),
      page: () => queue.list({ states: ["pending"], limit: 50 }),
      prune: () => queue.prune(AT_ONCE),
    },
    async close() {
      await queue.close();
      close?.();
    },
  };
}
