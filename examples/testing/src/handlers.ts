import type { Handlers, Producer } from "@turno/core";
import type { Jobs } from "./jobs.ts";
import type { Services } from "./services.ts";

const DAY_MS = 24 * 3_600_000;

/** Handlers that may be killed anywhere and run again: each effect has the job's id for its key. */
export function handlersWith(
  { cards, orders, mailer }: Services,
  queue: Producer<Jobs>,
): Handlers<Jobs> {
  return {
    order: async ({ id, payload }) => {
      await cards.charge(payload.cents, { key: id });
      await orders.save(payload);
      await mailer.send(payload.mail, "Your receipt", { key: id });
      await queue.enqueue("survey", payload, {
        delayMs: DAY_MS,
        uniqueKey: `${payload.number}`,
        uniqueUntil: "pruned",
      });
      return { receipt: `R-${payload.number}` };
    },
    survey: ({ id, payload }) => mailer.send(payload.mail, "How was it?", { key: id }),
  };
}
