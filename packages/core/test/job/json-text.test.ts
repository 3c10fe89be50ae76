import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MAX_JSON_BYTES,
  MAX_JSON_DEPTH,
  toJsonText,
  ValueRefused,
} from "../../src/job/json-text.ts";

describe("a value that JSON keeps", () => {
  it("is the same when it is read back, up to −0", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(toJsonText(value, "payload"))).toEqual(withoutMinusZero(value));
      }),
    );
  });

  it("has the text that JSON gives it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(toJsonText(value, "payload")).toBe(JSON.stringify(value));
      }),
    );
  });

  it("loses properties that are undefined, as JSON does", () => {
    expect(toJsonText({ a: 1, b: undefined, c: { d: undefined } }, "payload")).toBe(
      '{"a":1,"c":{}}',
    );
  });

  it("may be a string with NUL, half a surrogate pair or line separators", () => {
    for (const text of ["\0", "\ud800", "\udc00\ud800", "\u2028\u2029", "\ufeff", "🎟️"]) {
      const json = toJsonText({ text }, "payload");
      expect(json.isWellFormed()).toBe(true);
      expect(JSON.parse(json)).toEqual({ text });
    }
  });

  it("may have one object in many places", () => {
    const shared = { a: [1] };
    const value = { left: shared, right: shared, list: [shared, shared] };
    expect(JSON.parse(toJsonText(value, "payload"))).toEqual(value);
  });

  it("may have no prototype, or be of another realm", async () => {
    const bare: unknown = Object.assign(Object.create(null), { a: 1 });
    expect(toJsonText(bare, "payload")).toBe('{"a":1}');
    const { runInNewContext } = await import("node:vm");
    expect(toJsonText(runInNewContext("({ a: [1, { b: null }] })"), "payload")).toBe(
      '{"a":[1,{"b":null}]}',
    );
  });

  it("may have a property of its own that is called __proto__", () => {
    const value: unknown = JSON.parse('{"__proto__":{"a":1},"constructor":2}');
    const text = toJsonText(value, "payload");
    expect(text).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  it("may have a toJSON that is no method", () => {
    expect(toJsonText({ toJSON: 5 }, "payload")).toBe('{"toJSON":5}');
  });

  it("may have properties that JSON does not look at either: hidden ones", () => {
    const value = Object.defineProperty({ a: 1 }, "hidden", { value: 1n });
    expect(toJsonText(value, "payload")).toBe('{"a":1}');
  });

  it("may be 256 levels deep, and no deeper", () => {
    expect(toJsonText(nested(MAX_JSON_DEPTH), "payload")).toBe("[".repeat(256) + "]".repeat(256));
    const refused = refusalOf(nested(MAX_JSON_DEPTH + 1));
    expect(refused.path).toBe(`payload${"[0]".repeat(256)}`);
    expect(refused.message).toContain("lies deeper than 256 levels");
    expect(() => toJsonText(nested(100_000), "payload")).toThrow(ValueRefused);
  });

  it("may have 1 MiB of UTF-8 as JSON, and no more", () => {
    const ascii = "a".repeat(MAX_JSON_BYTES - 2);
    expect(toJsonText(ascii, "payload").length).toBe(MAX_JSON_BYTES);
    const wide = "漢".repeat((MAX_JSON_BYTES - 4) / 3);
    expect(toJsonText([wide], "payload").length).toBe(wide.length + 4);
    for (const value of [`${ascii}a`, [`${wide}漢`], "\0".repeat(MAX_JSON_BYTES / 6 + 1)]) {
      expect(refusalOf(value).message).toBe(
        "payload is larger than 1 MiB as JSON; keep large data elsewhere and pass a reference to it",
      );
    }
  });
});

describe("a value that JSON would lose or change is refused with its path:", () => {
  class Money {
    readonly cents = 5;
  }
  class Numbers extends Array<number> {}
  const circular: { self?: unknown } = {};
  circular.self = { inner: [circular] };

  it.for<[string, unknown, string]>([
    [
      "undefined as a whole",
      undefined,
      "payload is undefined, which is not a JSON value; use null",
    ],
    ["undefined in an array", [1, undefined], "payload[1] is undefined"],
    [
      "a hole",
      Object.assign(Array(2), { 1: 1 }),
      "payload[0] is missing: the array has a hole; use null",
    ],
    ["a hole at the end", Array(2), "payload[0] is missing"],
    ["NaN", { a: Number.NaN }, "payload.a is NaN, which JSON cannot keep; use null or a string"],
    ["infinity", { a: [-Infinity] }, "payload.a[0] is -Infinity"],
    [
      "a BigInt",
      { a: { b: 5n } },
      "payload.a.b is a BigInt, which JSON cannot keep; pass it as a string",
    ],
    ["a function", { run() {} }, "payload.run is a function, which JSON cannot keep"],
    ["a symbol", [Symbol("s")], "payload[0] is a symbol, which JSON cannot keep"],
    [
      "a property named by a symbol",
      { a: { [Symbol("s")]: 1 } },
      "payload.a has a property named by a symbol",
    ],
    [
      "a Date",
      { items: [0, 0, 0, { due: new Date(0) }] },
      "payload.items[3].due is an instance of Date; pass toISOString() or getTime()",
    ],
    [
      "a Map",
      { m: new Map() },
      "payload.m is an instance of Map; pass Object.fromEntries(…) or [...entries]",
    ],
    ["a Set", { s: new Set() }, "payload.s is an instance of Set; pass [...values]"],
    [
      "an instance of a class",
      { price: new Money() },
      "payload.price is an instance of Money; pass a plain object",
    ],
    ["an instance of a class that extends Array", { list: Numbers.from([1]) }, "payload.list is "],
    ["an error", new RangeError("x"), "payload is an instance of RangeError"],
    ["a typed array", { bytes: new Uint8Array(2) }, "payload.bytes is an instance of Uint8Array"],
    ["a boxed string", { s: Object("x") }, "payload.s is an instance of String"],
    ["a promise", { p: Promise.resolve(1) }, "payload.p is an instance of Promise"],
    [
      "an object that inherits",
      Object.create({ a: 1 }),
      "payload is an object; pass a plain object",
    ],
    [
      "an object that inherits from one without a prototype",
      Object.create(Object.create(null)),
      "payload is an object; pass a plain object",
    ],
    [
      "a toJSON method",
      { a: { toJSON: () => 1 } },
      "payload.a has a toJSON method; pass what it returns",
    ],
    [
      "an array with a toJSON method",
      [Object.assign([1], { toJSON: () => 1 })],
      "payload[0] has a toJSON method",
    ],
    [
      "an array with named properties",
      { found: Object.assign(["x"], { index: 5 }) },
      "payload.found",
    ],
    [
      "an array with a property named by a symbol",
      { found: Object.assign(["x"], { [Symbol("s")]: 5 }) },
      "payload.found",
    ],
    ["a circle", circular, "payload.self.inner[0] refers back to an object that contains it"],
    [
      "a getter that throws",
      {
        a: {
          get b() {
            throw new Error("no");
          },
        },
      },
      "payload.a.b cannot be read: its getter throws",
    ],
    ["a key that is no name", { "a b": { "": [1n] } }, 'payload["a b"][""][0] is a BigInt'],
    ["a key that is a number", { 0: { 5: 1n } }, 'payload["0"]["5"] is a BigInt'],
  ])("%s", ([, value, message]) => {
    const refused = refusalOf(value);
    expect(refused.message.startsWith(message), refused.message).toBe(true);
    expect(refused).toMatchObject({ name: "ValueRefused", code: "ValueRefused" });
    expect(refused.message.startsWith(`${refused.path} `)).toBe(true);
  });

  it("a Date, a Map and a class of another realm", async () => {
    const { runInNewContext } = await import("node:vm");
    for (const code of ["new Date(0)", "new Map()", "new (class A {})()", "Object.create({})"]) {
      expect(() => toJsonText(runInNewContext(code), "payload"), code).toThrow(ValueRefused);
    }
  });

  it("whatever is planted wherever", () => {
    const bad = fc.constantFrom<unknown>(
      1n,
      Number.NaN,
      Infinity,
      () => 1,
      Symbol("s"),
      new Date(0),
    );
    const keys = fc.array(fc.oneof(fc.nat({ max: 5 }), fc.constantFrom("a", "b_c", "$d")), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(bad, keys, (value, path) => {
        const whole = path.reduceRight<unknown>((inner, key) => around(key, inner), value);
        const shown = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`));
        expect(refusalOf(whole).path).toBe(`payload${shown.join("")}`);
      }),
    );
  });
});

function refusalOf(value: unknown): ValueRefused {
  try {
    toJsonText(value, "payload");
  } catch (error) {
    if (error instanceof ValueRefused) return error;
    throw new Error(`it threw ${String(error)}`, { cause: error });
  }
  throw new Error("it was not refused");
}

function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

function around(key: string | number, inner: unknown): unknown {
  return typeof key === "number"
    ? [...Array<null>(key).fill(null), inner]
    : { ok: 1, [key]: inner };
}

function withoutMinusZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
