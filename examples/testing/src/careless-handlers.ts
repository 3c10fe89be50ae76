import type { Handlers, Producer } from "@turno/core";
import { handlersWith } from "./handlers.ts";
import type { Jobs } from "./jobs.ts";
import type { Services } from "./services.ts";

/** The same with a fault: the charge has no key, so that nobody can tell a second attempt from a second order. */
export function carelessHandlersWith(services: Services, queue: Producer<Jobs>): Handlers<Jobs> {
  const { cards, orders, mailer } = services;
  return {
    ...handlersWith(services, queue),
    order: async ({ id, payload }) => {
      await cards.charge(payload.cents);
      await orders.save(payload);
      await mailer.send(payload.mail, "Your receipt", { key: id });
      return { receipt: `R-${payload.number}` };
    },
  };
}
