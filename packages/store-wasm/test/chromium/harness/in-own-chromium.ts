import { afterAll, beforeAll, type TestContext, vi } from "vitest";
import { chromium } from "../../../../../scripts/chromium.ts";
import { Setting } from "./setting.ts";

/** The setting for the tests of the file that calls this; a test that asks for it is skipped where there is no Chromium. */
export function inOwnChromium(): (context: TestContext) => Setting {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });
  let setting: Setting | undefined;
  let missing: string | undefined;
  beforeAll(async () => {
    const found = await chromium();
    missing = found.missing;
    if (found.path !== undefined) setting = await Setting.in(found.path);
  });
  afterAll(() => setting?.[Symbol.asyncDispose]());
  return ({ skip }) => setting ?? skip(missing);
}
