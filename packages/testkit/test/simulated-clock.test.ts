import { SimulatedClock } from "@turno/testkit";
import { describe, expect, it } from "vitest";

describe("a simulated clock", () => {
  it("stands still until it is told to move", async () => {
    const clock = new SimulatedClock({ now: 1_000 });
    await new Promise((resolve) => void setTimeout(resolve, 5));
    expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
  });

  it("advances both clocks", async () => {
    const clock = new SimulatedClock({ now: 1_000 });
    await clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1_250, 250]);
  });

  it("jumps the wall clock alone, forward and back", () => {
    const clock = new SimulatedClock({ now: 1_000 });
    clock.jump(500);
    clock.jump(-900);
    expect([clock.now(), clock.monotonic()]).toEqual([600, 0]);
  });

  it("fires timers in the order of their time, and at their time", async () => {
    const clock = new SimulatedClock({ now: 0 });
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name} at ${clock.monotonic()}`);
    clock.setTimeout(note("late"), 30);
    clock.setTimeout(note("early"), 10);
    clock.setTimeout(note("early too"), 10);
    clock.setTimeout(note("never"), 101);
    await clock.advance(100);
    expect(fired).toEqual(["early at 10", "early too at 10", "late at 30"]);
    expect(clock.nextTimerMs).toBe(1);
  });

  it("fires a timer that another has set, if its time comes too", async () => {
    const clock = new SimulatedClock();
    const fired: number[] = [];
    const again = () => {
      fired.push(clock.monotonic());
      clock.setTimeout(again, 40);
    };
    clock.setTimeout(again, 40);
    await clock.advance(100);
    expect(fired).toEqual([40, 80]);
  });

  it("lets what a timer has set off come to rest before time passes", async () => {
    const clock = new SimulatedClock();
    const seen: number[] = [];
    const work = async () => {
      for (let count = 0; count < 50; count++) await Promise.resolve();
      seen.push(clock.monotonic());
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 5));
      seen.push(clock.monotonic());
    };
    clock.setTimeout(() => void work(), 10);
    await clock.advance(100);
    expect(seen).toEqual([10, 15]);
  });

  it("fires no timer that was cleared", async () => {
    const clock = new SimulatedClock();
    let fired = false;
    const handle = clock.setTimeout(() => (fired = true), 10);
    clock.clearTimeout(handle);
    clock.clearTimeout(handle);
    clock.clearTimeout(undefined);
    await clock.advance(100);
    expect(fired).toBe(false);
    expect(clock.nextTimerMs).toBeUndefined();
  });

  it("fires timers whatever the wall clock does", async () => {
    const clock = new SimulatedClock();
    const fired: number[] = [];
    clock.setTimeout(() => fired.push(clock.monotonic()), 10);
    clock.jump(-86_400_000);
    await clock.advance(9);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual([10]);
  });

  it("fires what became due in a freeze only afterwards", async () => {
    const clock = new SimulatedClock({ now: 0 });
    const fired: number[] = [];
    clock.setTimeout(() => fired.push(clock.monotonic()), 10);
    clock.freeze(1_000);
    expect([clock.now(), clock.monotonic(), clock.nextTimerMs]).toEqual([1_000, 1_000, 0]);
    expect(fired).toEqual([]);
    await clock.advance(0);
    expect(fired).toEqual([1_000]);
  });

  it("clamps a delay as the clock of the machine does", async () => {
    const clock = new SimulatedClock();
    clock.setTimeout(() => undefined, Number.MAX_SAFE_INTEGER);
    expect(clock.nextTimerMs).toBe(2 ** 31 - 1);
    clock.setTimeout(() => undefined, -5);
    expect(clock.nextTimerMs).toBe(0);
  });

  it("advances until a condition holds, and no further", async () => {
    const clock = new SimulatedClock();
    let count = 0;
    const again = () => {
      count += 1;
      clock.setTimeout(again, 10);
    };
    clock.setTimeout(again, 10);
    await clock.until(() => count === 3);
    expect(clock.monotonic()).toBe(30);
    await expect(clock.until(() => count > 9, 50)).rejects.toThrow(
      "not so within 50 ms: () => count > 9",
    );
  });

  it("ends with what a timer throws", async () => {
    const clock = new SimulatedClock();
    clock.setTimeout(() => {
      throw new Error("oops");
    }, 1);
    await expect(clock.advance(2)).rejects.toThrow("oops");
  });

  it("refuses to advance for ever", async () => {
    const clock = new SimulatedClock({ settle: () => Promise.resolve() });
    const again = () => void clock.setTimeout(again, 0);
    again();
    await expect(clock.advance(1)).rejects.toThrow("100000 timers fired within 1 ms");
  });
});
