import { expect, it } from "vitest";
import { deadLeader } from "./dead-leader.ts";
import { inOwnChromium } from "./harness/in-own-chromium.ts";

const setting = inOwnChromium();

it("when the tab that leads dies, the others go on, and only what it was doing is done again", async (context) => {
  const account = await deadLeader(setting(context), { jobs: 1_000 });
  expect(account.completed).toBe(1_000);
  expect(account.again.length).toBeGreaterThan(0);
  expect(account.withoutCause).toEqual([]);
});
