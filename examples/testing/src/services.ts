import type { Order } from "./jobs.ts";

/** What handlers do their effects with. What is asked for again with the same key is not done again. */
export interface Services {
  readonly cards: {
    charge(cents: number, options?: { readonly key: string }): Promise<void>;
  };
  readonly orders: {
    save(order: Order): Promise<void>;
  };
  readonly mailer: {
    send(to: string, subject: string, options?: { readonly key: string }): Promise<void>;
  };
}
