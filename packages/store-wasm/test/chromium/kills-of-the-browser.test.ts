import { expect, it } from "vitest";
import { inOwnChromium } from "./harness/in-own-chromium.ts";
import { killsOfTheBrowser } from "./kills-of-the-browser.ts";

const setting = inOwnChromium();

it("no acknowledged job is lost when the browser is killed, and none is invented", async (context) => {
  const verdict = await killsOfTheBrowser(setting(context), {
    kills: 3,
    between: () => 50,
    length: 50_000,
  });
  expect(verdict.acknowledged).toBeGreaterThanOrEqual(150);
  expect(verdict.lost).toEqual([]);
  expect(verdict.invented).toEqual([]);
});
