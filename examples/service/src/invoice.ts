import { setTimeout as sleep } from "node:timers/promises";
import { Fatal, type Handler } from "@turno/core";
import type { Jobs } from "./jobs.ts";
import type { Service } from "./service.ts";

const MS_PER_ITEM = 100;

/** Makes the invoice of an order; its total is written in the transaction that completes the job, so exactly once. */
export function invoiceHandler({ find, settle }: Service): Handler<Jobs, "invoice"> {
  return async (job) => {
    const { orderId } = job.payload;
    const order = await find(orderId);
    if (order === undefined) throw new Fatal(`there is no order ${orderId}`);
    let total = 0;
    for (const [index, { price }] of order.items.entries()) {
      await sleep(MS_PER_ITEM, undefined, { signal: job.signal });
      total += price;
      job.progress({ done: index + 1, of: order.items.length });
    }
    return settle(job, total);
  };
}
