import { type ClaimedJob, defineJobs, json, type Producer, type Store } from "@turno/core";
import type { Rehearsal } from "@turno/testkit";

export const jobs = defineJobs({
  order: { payload: json<{ order: number }>(), result: json<string>() },
  receipt: { payload: json<{ order: number }>() },
});

type OrderJob = ClaimedJob<typeof jobs, "order">;

/** What orders do their effects with: objects that remember what they did. */
export class Shop {
  readonly charges: { readonly order: number; readonly key: string | undefined }[] = [];
  readonly saved = new Set<number>();
  readonly mails: number[] = [];
  readonly #sent = new Set<string>();

  readonly cards = {
    charge: async (order: number, key?: string) => {
      await Promise.resolve();
      if (key !== undefined && this.charges.some((charge) => charge.key === key)) return;
      this.charges.push({ order, key });
    },
    find: async (order: number) => this.charges.some((charge) => charge.order === order),
  };

  readonly orders = {
    /** Synchronous, as with SQLite. */
    save: (order: number) => void this.saved.add(order),
    insert: (order: number) => {
      if (this.saved.has(order)) throw new Error(`order ${order} is there already`);
      this.saved.add(order);
    },
  };

  readonly mailer = {
    send: async (order: number, key = `${this.mails.length}`) => {
      if (this.#sent.has(key)) return;
      this.#sent.add(key);
      this.mails.push(order);
    },
  };
}

export type Work = (
  job: OrderJob,
  shop: Pick<Shop, "cards" | "orders" | "mailer">,
  queue: Producer<typeof jobs>,
) => unknown;

/** An order whose handler does `work`. */
export function orderThat(work: Work): Rehearsal<typeof jobs, Shop, Store> {
  return {
    jobs,
    job: { type: "order", payload: { order: 7 } },
    setUp: () => new Shop(),
    handlers: (shop, { queue }) => ({
      order: async (job) => {
        await work(job, shop, queue);
        return `attempt ${job.attempt}`;
      },
      receipt: ({ id, payload }) => shop.mailer.send(payload.order, id),
    }),
    effects: ({ charges, saved, mails }) => ({ charges, saved: [...saved], mails }),
  };
}

/** Charges by a key, saves what may be there already, and mails by a job that is enqueued once. */
export const soundly: Work = async ({ id, payload: { order } }, { cards, orders }, queue) => {
  await cards.charge(order, id);
  orders.save(order);
  await queue.enqueue("receipt", { order }, { uniqueKey: id, uniqueUntil: "pruned" });
};
