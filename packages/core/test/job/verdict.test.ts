import { describe, expect, it } from "vitest";
import { Fatal, RetryAfter, Snooze } from "../../src/job/verdict.ts";

describe("what a handler may throw to decide", () => {
  it("is an error with a name, a message and a cause", () => {
    const cause = new Error("why");
    expect(new Fatal("no such user", { cause })).toMatchObject({
      name: "Fatal",
      message: "no such user",
      cause,
    });
    expect(new RetryAfter(5_000)).toMatchObject({
      name: "RetryAfter",
      delayMs: 5_000,
      message: "to be tried again after 5000 ms",
    });
    expect(new RetryAfter(0, "busy", { cause })).toMatchObject({
      delayMs: 0,
      message: "busy",
      cause,
    });
    expect(new Snooze({ delayMs: 5 })).toMatchObject({ name: "Snooze", until: { delayMs: 5 } });
    for (const error of [new Fatal("x"), new RetryAfter(1), new Snooze({ runAt: 5 })]) {
      expect(error).toBeInstanceOf(Error);
    }
  });

  it("is refused where it is made, if its span is none", () => {
    for (const delayMs of [-1, 0.5, Number.NaN, Infinity, "5", undefined]) {
      expect(() => new RetryAfter(delayMs as never)).toThrow("delayMs must be an integer");
    }
    expect(() => new Snooze({ delayMs: -1 })).toThrow("delayMs must be an integer");
    expect(() => new Snooze({ runAt: new Date(Number.NaN) })).toThrow("runAt must be an integer");
    expect(() => new Snooze({ runAt: 5, delayMs: 5 } as never)).toThrow("exclude each other");
  });
});
