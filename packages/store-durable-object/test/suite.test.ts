import { storeChecks } from "@turno/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import { InWorkerd } from "../../../scripts/in-workerd.ts";

const place = new InWorkerd({
  entry: new URL("worker/suite.ts", import.meta.url),
  objects: ["Suite"],
});

beforeEach((context) => place.need(context));

const neverOpened = () => {
  throw new Error("the store is in workerd");
};

describe("the store in a Durable Object", () => {
  const names = storeChecks({ open: neverOpened, reopen: neverOpened });
  describe.each([...names])("%s", (topic, checks) => {
    it.each(checks)("$name", async ({ name }) => {
      expect(await place.ask("/", { topic, name })).toBe("good");
    });
  });
});
