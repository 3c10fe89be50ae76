import { expect, it } from "vitest";
import { handOver } from "./hand-over.ts";
import { inOwnChromium } from "./harness/in-own-chromium.ts";

const setting = inOwnChromium();

it.for(["close", "crash"] as const)(
  "when the tab that leads ends by %s, another answers at once",
  async (end, context) => {
    const times = await handOver(setting(context), { jobs: 1_000, rounds: 2, end });
    // Far more than the half second that is promised: other tests take the processor away meanwhile.
    expect(Math.max(...times)).toBeLessThan(2_500);
  },
);
