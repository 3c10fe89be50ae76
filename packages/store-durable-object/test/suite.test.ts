import { storeChecks } from "@turno/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import { InWorkerd } from "../../../scripts/in-workerd.ts";

const place = new InWorkerd({
  entry: new URL("worker/suite.ts", import.meta.url),
  objects: ["Suite", "Afar"],
});
beforeEach((context) => place.need(context));

const neverOpened = () => {
  throw new Error("the store is in workerd");
};

describe.each([
  ["called where it is", "inside", 100],
  // Each call is a request, and what is opened again is the next instance of its object.
  ["called from outside", "outside", 20],
])("the store in a Durable Object, %s", (_, path, runs) => {
  const names = storeChecks({ open: neverOpened, reopen: neverOpened });
  describe.each([...names])("%s", (topic, checks) => {
    it.each(checks)("$name", async ({ name }) => {
      expect(await place.ask(`/${path}`, { topic, name, runs })).toBe("good");
    });
  });
});
