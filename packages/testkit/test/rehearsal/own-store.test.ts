import { MemoryStore, type Store } from "@turno/core";
import { checkIdempotent, rehearse } from "@turno/testkit";
import { expect, it } from "vitest";
import { orderThat, soundly } from "./shop.ts";

/** Answers a turn of the event loop later, as a store behind a network does. */
function slow(store: Store, onClose: () => void): Store {
  return new Proxy(store, {
    get: (_, name) => {
      const member: unknown = Reflect.get(store, name, store);
      if (typeof member !== "function") return member;
      return async (...given: unknown[]) => {
        await new Promise((resolve) => void setImmediate(resolve));
        if (name === "close") onClose();
        return Reflect.apply(member, store, given);
      };
    },
  });
}

it("a rehearsal on a store that answers later comes to the same, and closes it", async () => {
  let closed = 0;
  const store = () => slow(new MemoryStore(), () => closed++);
  const order = { ...orderThat(soundly), store };
  const { runs } = await rehearse(order, { plan: ["lose lease before step 3"] });
  expect(runs.map(({ end }) => end)).toEqual(["lost", "completed", "completed"]);
  expect(closed).toBe(2);
  await expect(checkIdempotent(order, { randomPlans: 5 })).resolves.toMatchObject({ plans: 23 });
});
