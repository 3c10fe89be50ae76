import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { PageClock } from "../../src/tabs/page-clock.ts";

/** A page's clock whose own timers are as slow as those of a hidden page, and when its worker was asked to wake it. */
function setting() {
  let isHidden = false;
  const asked: (number | undefined)[] = [];
  const clock = new PageClock(
    (ms) => asked.push(ms),
    () => isHidden,
  );
  const hide = (hidden: boolean) => {
    isHidden = hidden;
    clock.visibilityChanged();
  };
  return { clock, asked, hide };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
});

describe("a page's clock", () => {
  it("has the timers of the page while the page is seen", () => {
    const { clock, asked } = setting();
    const called = vi.fn();
    clock.setTimeout(called, 100);
    clock.clearTimeout(clock.setTimeout(called, 50));
    vi.advanceTimersByTime(99);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(called).toHaveBeenCalledOnce();
    expect(asked).toEqual([]);
  });

  it("asks to be woken for the first timer while the page is hidden", () => {
    const { clock, asked, hide } = setting();
    clock.setTimeout(() => {}, 700);
    hide(true);
    clock.setTimeout(() => {}, 900);
    clock.setTimeout(() => {}, 300);
    expect(asked).toEqual([700, 300]);
    hide(false);
    expect(asked.at(-1)).toBeUndefined();
  });

  it("calls back once what is due when it is woken, and asks for the next", () => {
    const { clock, asked, hide } = setting();
    const called: string[] = [];
    hide(true);
    clock.setTimeout(() => called.push("first"), 300);
    clock.setTimeout(() => called.push("second"), 900);
    clock.setTimeout(() => clock.setTimeout(() => called.push("third"), 100), 300);
    // The browser lets none of the page's timers run.
    vi.setSystemTime(0);
    const now = vi.spyOn(performance, "now").mockReturnValue(performance.now() + 300);
    clock.wake();
    expect(called).toEqual(["first"]);
    expect(asked.at(-1)).toBe(100);
    now.mockRestore();
    vi.advanceTimersByTime(1_000);
    expect(called.toSorted()).toEqual(["first", "second", "third"]);
  });

  it("forgets what is cleared", () => {
    const { clock, hide } = setting();
    const called = vi.fn();
    hide(true);
    clock.clearTimeout(clock.setTimeout(called, 0));
    clock.clearTimeout(undefined);
    clock.wake();
    vi.advanceTimersByTime(1_000);
    expect(called).not.toHaveBeenCalled();
  });
});
