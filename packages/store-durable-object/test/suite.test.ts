import { storeChecks } from "@turno/testkit";
import { describe, expect, it } from "vitest";
import { InWorkerd } from "./in-workerd.ts";

const place = new InWorkerd("suite", ["Suite"]);

const neverOpened = () => {
  throw new Error("the store is in workerd");
};

describe.each([["in a Durable Object's own storage", "object"]])("a store %s", (_, kind) => {
  const names = storeChecks({ open: neverOpened, reopen: neverOpened });
  describe.each([...names])("%s", (topic, checks) => {
    it.each(checks)("$name", { timeout: 120_000 }, async ({ name }) => {
      expect(await place.ask(`/${kind}`, { topic, name })).toBe("good");
    });
  });
});
