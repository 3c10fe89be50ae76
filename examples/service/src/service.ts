import type { Handler, JobId, Queue, Settled } from "@turno/core";
import type { Jobs } from "./jobs.ts";
import type { Order } from "./order.ts";

/** What the routes and the handlers work with: a queue, and orders of one's own in the same database. */
export interface Service extends AsyncDisposable {
  readonly queue: Queue<Jobs>;
  /** Keeps an order and the job that makes its invoice: both or neither. */
  place(order: Order): Promise<JobId<"invoice">>;
  find(orderId: number): Promise<Order | undefined>;
  /** Writes the total of an order, and completes its job: both or neither. */
  settle(job: InvoiceJob, total: number): Promise<Settled>;
}

type InvoiceJob = Parameters<Handler<Jobs, "invoice">>[0];
