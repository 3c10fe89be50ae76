import { describe, expect, it } from "vitest";
import { ServerClock } from "../../src/clock/server-clock.ts";

describe("the server's time", () => {
  it("does not go back when a quicker answer tells more of it", () => {
    const clock = new ServerClock();
    const at = performance.now();
    clock.hear(1_000_000, at - 400);
    const before = clock.now();
    clock.hear(1_000_000, performance.now());
    expect(before).toBeGreaterThan(1_000_100);
    expect(clock.now()).toBeGreaterThanOrEqual(before);
  });

  it("goes back when the server's clock was set", () => {
    const clock = new ServerClock();
    clock.hear(9_000_000, performance.now());
    expect(clock.now()).toBeGreaterThanOrEqual(9_000_000);
    clock.hear(1_000_000, performance.now());
    expect(clock.now()).toBeLessThan(1_100_000);
  });
});
