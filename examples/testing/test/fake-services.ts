import type { Order } from "../src/jobs.ts";
import type { Services } from "../src/services.ts";

/** Services that do nothing but remember what they were asked for. */
export class FakeServices implements Services {
  readonly charged: number[] = [];
  readonly saved: Record<number, Order> = {};
  readonly mailed: string[] = [];
  /** How many of the next charges fail. */
  outage = 0;
  readonly #keys = new Set<string>();

  readonly cards: Services["cards"] = {
    charge: async (cents, options) => {
      if (this.outage-- > 0) throw new Error("the bank does not answer");
      if (this.#isNew("charge", options)) this.charged.push(cents);
    },
  };

  readonly orders: Services["orders"] = {
    save: async (order) => void (this.saved[order.number] = order),
  };

  readonly mailer: Services["mailer"] = {
    send: async (to, subject, options) => {
      if (this.#isNew("mail", options)) this.mailed.push(`${to}: ${subject}`);
    },
  };

  #isNew(what: string, { key }: { readonly key?: string } = {}): boolean {
    if (key === undefined) return true;
    const isNew = !this.#keys.has(`${what} ${key}`);
    this.#keys.add(`${what} ${key}`);
    return isNew;
  }
}
