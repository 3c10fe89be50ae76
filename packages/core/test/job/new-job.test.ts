import { describe, expect, it } from "vitest";
import { dueAt, newJob } from "../../src/job/new-job.ts";

const NOW = 1_800_000_000_000;

describe("a new job", () => {
  it("has defaults for all that is left out", () => {
    expect(newJob("mail", "null", {}, {}, NOW)).toEqual({
      type: "mail",
      payload: "null",
      priority: 0,
      runAt: NOW,
      ready: true,
      maxAttempts: 25,
      timeoutMs: undefined,
      backoff: undefined,
      uniqueKey: undefined,
      uniqueUntil: "finished",
      createdAt: NOW,
    });
  });

  it("takes its own options before those of its type", () => {
    const settings = { priority: 3, maxAttempts: 4, timeoutMs: 5, backoff: { baseMs: 6 } };
    expect(newJob("mail", "null", {}, settings, NOW)).toMatchObject(settings);
    const options = { priority: 0, maxAttempts: 1, timeoutMs: 1, backoff: { baseMs: 0 } };
    expect(newJob("mail", "null", options, settings, NOW)).toMatchObject(options);
    expect(newJob("mail", "null", { priority: undefined }, settings, NOW).priority).toBe(3);
  });

  it("takes options at their limits", () => {
    const low = { priority: -1_000_000, maxAttempts: 1, timeoutMs: 1, runAt: 0 };
    expect(newJob("mail", "null", low, {}, NOW)).toMatchObject(low);
    const high = {
      priority: 1_000_000,
      maxAttempts: 1_000_000,
      timeoutMs: 2_147_483_647,
      runAt: 8.64e15,
      uniqueKey: "k".repeat(255),
    };
    expect(newJob("mail", "null", high, {}, NOW)).toMatchObject(high);
  });

  it("is ready unless its instant is to come", () => {
    expect(newJob("mail", "null", { runAt: NOW + 1 }, {}, NOW).ready).toBe(false);
    expect(newJob("mail", "null", { runAt: NOW }, {}, NOW).ready).toBe(true);
    expect(newJob("mail", "null", { runAt: NOW - 1 }, {}, NOW).ready).toBe(true);
    expect(newJob("mail", "null", { delayMs: 0 }, {}, NOW).ready).toBe(true);
    expect(newJob("mail", "null", { delayMs: 1 }, {}, NOW).ready).toBe(false);
  });

  it("is due at an instant, at a Date, after a delay, or now", () => {
    expect(dueAt({ runAt: 5 }, NOW)).toBe(5);
    expect(dueAt({ runAt: new Date(6) }, NOW)).toBe(6);
    expect(dueAt({ delayMs: 7 }, NOW)).toBe(NOW + 7);
    expect(dueAt({ runAt: undefined, delayMs: undefined }, NOW)).toBe(NOW);
    expect(dueAt({ delayMs: 3_153_600_000_000 }, 8.64e15 - 1)).toBe(8.64e15);
  });

  it.for<[object, string]>([
    [{ priority: 1.5 }, "priority must be an integer from -1,000,000 to 1,000,000, but is 1.5"],
    [
      { priority: 1_000_001 },
      "priority must be an integer from -1,000,000 to 1,000,000, but is 1000001",
    ],
    [{ priority: "5" }, 'priority must be an integer from -1,000,000 to 1,000,000, but is "5"'],
    [{ maxAttempts: 0 }, "maxAttempts must be an integer from 1 to 1,000,000, but is 0"],
    [
      { maxAttempts: Infinity },
      "maxAttempts must be an integer from 1 to 1,000,000, but is Infinity",
    ],
    [{ timeoutMs: 0 }, "timeoutMs must be an integer from 1 to 2,147,483,647, but is 0"],
    [
      { timeoutMs: 2 ** 31 },
      "timeoutMs must be an integer from 1 to 2,147,483,647, but is 2147483648",
    ],
    [{ timeoutMs: 5n }, "timeoutMs must be an integer from 1 to 2,147,483,647, but is a BigInt"],
    [
      { backoff: "fast" },
      'backoff must be an object such as { kind: "exponential", baseMs: 1000 }, but is "fast"',
    ],
    [{ runAt: -1 }, "runAt must be an integer from 0 to 8,640,000,000,000,000, but is -1"],
    [
      { runAt: new Date(Number.NaN) },
      "runAt must be an integer from 0 to 8,640,000,000,000,000, but is NaN",
    ],
    [
      { runAt: "tomorrow" },
      'runAt must be an integer from 0 to 8,640,000,000,000,000, but is "tomorrow"',
    ],
    [{ delayMs: -1 }, "delayMs must be an integer from 0 to 3,153,600,000,000, but is -1"],
    [{ delayMs: 0.5 }, "delayMs must be an integer from 0 to 3,153,600,000,000, but is 0.5"],
    [{ runAt: 5, delayMs: 5 }, "runAt and delayMs exclude each other: give one of them"],
    [{ runAt: new Date(0), delayMs: 0 }, "runAt and delayMs exclude each other: give one of them"],
    [{ uniqueKey: "" }, 'uniqueKey must not be empty: ""'],
    [{ uniqueKey: 5 }, "uniqueKey must be a string, but is 5"],
    [{ uniqueKey: "k".repeat(256) }, "uniqueKey must have at most 255 characters, but has 256"],
    [{ uniqueKey: "a\nb" }, 'uniqueKey must not contain control characters: "a\\nb"'],
    [{ uniqueKey: "a\u0000" }, "uniqueKey must not contain control characters"],
    [{ uniqueKey: "a\u0085" }, "uniqueKey must not contain control characters"],
    [{ uniqueKey: "\u009f" }, "uniqueKey must not contain control characters"],
    [{ uniqueKey: "\ud800" }, "uniqueKey must not contain half of a surrogate pair"],
    [{ uniqueUntil: "forever" }, 'uniqueUntil must be "finished" or "pruned", but is "forever"'],
    [
      { delay: 5 },
      'there is no option "delay"; the options are priority, maxAttempts, timeoutMs, backoff, runAt, delayMs, uniqueKey, uniqueUntil',
    ],
  ])("refuses %o", ([options, message]) => {
    const refused = () => newJob("mail", "null", options, {}, NOW);
    expect(refused).toThrow(message);
    expect(errorOf(refused)).toSatisfy((it) => it instanceof TypeError || it instanceof RangeError);
  });

  it("refuses options that are none", () => {
    for (const options of [null, 5, "soon"]) {
      expect(() => newJob("mail", "null", options as never, {}, NOW)).toThrow(TypeError);
    }
  });

  it("refuses settings of its type that are wrong", () => {
    expect(() => newJob("mail", "null", {}, { maxAttempts: 0 }, NOW)).toThrow(
      "maxAttempts must be",
    );
  });
});

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
