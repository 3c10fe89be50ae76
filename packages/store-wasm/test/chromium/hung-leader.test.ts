import { expect, it } from "vitest";
import { hungLeader } from "./hung-leader.ts";
import { inOwnChromium } from "./harness/in-own-chromium.ts";

const setting = inOwnChromium();

it("a tab that leads and hangs is replaced within 5 s, and what it writes late is refused", async (context) => {
  const account = await hungLeader(setting(context), { how: "hangs" });
  expect(account.answeredMs).toBeLessThan(5_000);
  expect(account).toMatchObject({ lost: [], invented: [], leader: "B" });
  expect(account.refused).toBeGreaterThan(0);
});

it("a tab that leads and is frozen is replaced within 5 s, and nothing is lost or done twice", async (context) => {
  const account = await hungLeader(setting(context), { how: "is frozen" });
  expect(account.answeredMs).toBeLessThan(5_000);
  expect(account).toMatchObject({ lost: [], invented: [], leader: "B" });
});
