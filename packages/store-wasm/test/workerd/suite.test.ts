import { storeChecks } from "@turno/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import { withBuilt } from "./built.ts";

const place = await withBuilt("suite", "Suite");
beforeEach((context) => place.need(context));

const neverOpened = () => {
  throw new Error("the store is in workerd");
};

describe("WasmStore in workerd, kept in a Durable Object's storage", () => {
  const names = storeChecks({ open: neverOpened, reopen: neverOpened });
  describe.each([...names])("%s", (topic, checks) => {
    it.each(checks)("$name", async ({ name }) => {
      // Each answer waits for the disk: half of the model's sequences take as long as all of them do elsewhere.
      expect(await place.ask("/", { topic, name, runs: 50 })).toBe("good");
    });
  });
});
