import { readFileSync } from "node:fs";
import { MemoryStore, Queue } from "@turno/core";
import { checkIdempotent, drain, SimulatedClock } from "@turno/testkit";
import { expect, test } from "vitest";
import { carelessHandlersWith } from "../src/careless-handlers.ts";
import { handlersWith } from "../src/handlers.ts";
import { jobs, type Order } from "../src/jobs.ts";
import { FakeServices } from "./fake-services.ts";

const order: Order = { number: 7, cents: 4_200, mail: "ana@example.org" };

function shop() {
  const clock = new SimulatedClock();
  const queue = new Queue({ store: new MemoryStore(), jobs, clock });
  const services = new FakeServices();
  return { clock, queue, services, handlers: handlersWith(services, queue) };
}

test("an order is charged, saved and mailed", async () => {
  const { queue, services, handlers } = shop();
  await queue.enqueue("order", order);
  const ran = await drain(queue, handlers);
  expect(ran).toMatchObject([{ type: "order", state: "completed", result: { receipt: "R-7" } }]);
  expect(services).toMatchObject({
    charged: [4_200],
    saved: { 7: order },
    mailed: ["ana@example.org: Your receipt"],
  });
});

test("the customer is asked a day later", async () => {
  const { clock, queue, services, handlers } = shop();
  await queue.enqueue("order", order);
  const start = clock.now();
  const ran = await drain(queue, handlers, { clock });
  expect(ran.map(({ type, claimedAt }) => [type, claimedAt - start])).toEqual([
    ["order", 0],
    ["survey", 24 * 3_600_000],
  ]);
  expect(services.mailed.at(-1)).toBe("ana@example.org: How was it?");
});

test("an order waits a minute while the bank does not answer, then is tried again", async () => {
  const { clock, queue, services, handlers } = shop();
  services.outage = 1;
  await queue.enqueue("order", order);
  expect(await drain(queue, handlers)).toMatchObject([{ state: "failed", attempt: 1 }]);

  await clock.advance(59_999);
  expect(await drain(queue, handlers)).toEqual([]);

  await clock.advance(1);
  expect(await drain(queue, handlers)).toMatchObject([{ state: "completed", attempt: 2 }]);
});

const rehearsal = {
  jobs,
  job: { type: "order", payload: order },
  setUp: () => new FakeServices(),
  effects: ({ charged, saved, mailed }: FakeServices) => ({ charged, saved, mailed }),
} as const;

test("an order comes to the same wherever its process is killed", async () => {
  const { plans } = await checkIdempotent({
    ...rehearsal,
    handlers: (services, { queue }) => handlersWith(services, queue),
  });
  expect(plans).toBeGreaterThan(50);
});

test("careless handlers are found out, with what docs/testing.md shows", async () => {
  const check = checkIdempotent({
    ...rehearsal,
    handlers: (services, { queue }) => carelessHandlersWith(services, queue),
  });
  const message = await check.then(
    () => "nothing was found",
    (error: Error) => error.message,
  );
  expect(message).toContain("effects.charged[1] is 4200, but should be absent");
  expect(readFileSync(new URL("../../../docs/testing.md", import.meta.url), "utf8")).toContain(
    message,
  );
});
