import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeThrown } from "../../src/job/failure.ts";

const MAX_BYTES = 4_096;

describe("what a failure says", () => {
  it("of an error is its name, its message and its stack", () => {
    const error = new TypeError("no mail today");
    expect(describeThrown(error)).toEqual({
      name: "TypeError",
      message: "no mail today",
      stack: error.stack,
    });
  });

  it("of an error with causes has theirs too", () => {
    const root = new Error("the disk is full");
    const middle = new Error("cannot write", { cause: root });
    const { stack } = describeThrown(new Error("cannot save", { cause: middle }));
    const parts = stack?.split("\ncaused by: ");
    expect(parts?.map((part) => part.split("\n")[0])).toEqual([
      "Error: cannot save",
      "Error: cannot write",
      "Error: the disk is full",
    ]);
    expect(describeThrown(new Error("a", { cause: "rain" })).stack).toMatch(/\ncaused by: rain$/);
  });

  it("of an error that causes itself ends", () => {
    const error = new Error("again");
    error.cause = error;
    expect(describeThrown(error).message).toBe("again");
  });

  it.for<[string, unknown, string]>([
    ["a string", "oops", "oops"],
    ["an empty string", "", ""],
    ["half a surrogate pair", "a\ud800", "a\ufffd"],
    ["undefined", undefined, "thrown: undefined"],
    ["null", null, "thrown: null"],
    ["a number", 5, "thrown: 5"],
    ["a BigInt", 5n, "thrown: a BigInt"],
    ["a symbol", Symbol("s"), "thrown: a symbol"],
    ["a function", () => 1, "thrown: a function"],
    ["an object", { code: 5 }, "thrown: an object"],
    ["an object without a prototype", Object.create(null), "thrown: an object"],
    ["an array", [1], "thrown: an array"],
    ["an object with a message", { message: "mine" }, "mine"],
    ["a message that is no string", { message: { toString: () => "x" } }, "thrown: an object"],
    ["a class that was thrown itself", class Oops {}, "thrown: a function"],
  ])("of %s is readable", ([, thrown, message]) => {
    expect(describeThrown(thrown)).toEqual({ name: "Error", message });
  });

  it.for(["name", "message", "stack", "cause"])("survives a getter of %s that throws", (key) => {
    const error = new Error("fine", { cause: "rain" });
    Object.defineProperty(error, key, {
      get() {
        throw new Error("no");
      },
    });
    const { name, message } = describeThrown(error);
    expect([name, message]).toEqual([
      "Error",
      key === "message" ? "thrown: an instance of Error" : "fine",
    ]);
  });

  it("survives proxies that throw in every trap, and revoked ones", () => {
    const handler = new Proxy(
      {},
      {
        get: () => () => {
          throw new Error("trapped");
        },
      },
    );
    expect(describeThrown(new Proxy(new Error("x"), handler)).name).toBe("Error");
    expect(describeThrown(new Proxy(() => 1, handler)).name).toBe("Error");
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(describeThrown(proxy)).toEqual({
      name: "Error",
      message: "thrown: an object that cannot be read",
    });
  });

  it("of anything at all is short, well-formed text", () => {
    const thrown = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true }),
      fc.string({ unit: "binary", maxLength: 9_000 }),
      fc.record({
        name: fc.string({ unit: "binary", minLength: 90, maxLength: 200 }),
        message: fc.string({ unit: "binary", maxLength: 9_000 }),
        stack: fc.string({ unit: "binary", maxLength: 9_000 }),
        cause: fc.string({ unit: "binary", maxLength: 9_000 }),
      }),
    );
    fc.assert(
      fc.property(thrown, (anything) => {
        const { name, message, stack = "" } = describeThrown(anything);
        expect(name.length).toBeLessThanOrEqual(100);
        for (const text of [name, message, stack]) {
          expect(text.isWellFormed()).toBe(true);
          expect(bytesOf(text)).toBeLessThanOrEqual(MAX_BYTES);
        }
      }),
    );
  });

  it.for(["a", "é", "漢", "🎟", "\ud800"])(
    "of a huge message of %o is cut between characters",
    (unit) => {
      for (const offset of ["", "x", "xx", "xxx"]) {
        const { message } = describeThrown(offset + unit.repeat(5_000_000));
        expect(bytesOf(message)).toBeGreaterThan(MAX_BYTES - 4);
        expect(bytesOf(message)).toBeLessThanOrEqual(MAX_BYTES);
        expect((offset + unit.toWellFormed().repeat(5_000)).startsWith(message)).toBe(true);
      }
    },
  );

  it("keeps a message of 4 KiB whole", () => {
    const message = "漢".repeat(1_365) + "x";
    expect(describeThrown(new Error(message)).message).toBe(message);
  });
});

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
