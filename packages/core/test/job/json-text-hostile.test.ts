import { describe, expect, it } from "vitest";
import { toJsonText, ValueRefused } from "../../src/job/json-text.ts";

/** Each value reads as a good one the first time, and as another the second. */
const changing: Readonly<Record<string, unknown>> = {
  "into NaN": Number.NaN,
  "into undefined": undefined,
  "into a function": () => 1,
  "into a BigInt": 1n,
  "into a Date": new Date(0),
  "into a Map": new Map(),
  "into a long string": "x".repeat(2_000_000),
};

const traps = [
  "get",
  "has",
  "ownKeys",
  "getPrototypeOf",
  "getOwnPropertyDescriptor",
] as const satisfies (keyof ProxyHandler<object>)[];

describe("a hostile value", () => {
  it.for(Object.entries(changing))(
    "that changes between two reads %s is stored as it was checked, or refused",
    ([, later]) => {
      let reads = 0;
      const value = {
        get a() {
          return reads++ === 0 ? 1 : later;
        },
      };
      expect(["refused", '{"a":1}']).toContain(storedOrRefused(value));
    },
  );

  it("that grows a toJSON method once it was checked is stored as it was checked, or refused", () => {
    let reads = 0;
    const value = {
      a: 1,
      get toJSON() {
        return reads++ === 0 ? undefined : () => undefined;
      },
    };
    expect(["refused", '{"a":1}']).toContain(storedOrRefused(value));
  });

  it("that grows while it is read is stored as it was checked, or refused", () => {
    const list: unknown[] = [
      1,
      {
        get a() {
          list.push(5n);
          return 1;
        },
      },
    ];
    expect(["refused", '[1,{"a":1}]', '[1,{"a":1},5]']).toContain(storedOrRefused(list));
  });

  describe.for(traps)("that is a proxy and throws in its trap %s", (trap) => {
    it.for<[string, object]>([
      ["an object", { a: 1 }],
      ["an array", [1]],
      ["an empty array", []],
    ])("is refused with its path, or stored unseen: %s", ([, target]) => {
      const throws = () => {
        throw new Error("trapped");
      };
      const value = { inner: new Proxy(target, { [trap]: throws }) };
      expect(["refused", JSON.stringify({ inner: target })]).toContain(storedOrRefused(value));
    });
  });

  it("that is a revoked proxy is refused", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(storedOrRefused({ inner: proxy })).toBe("refused");
  });

  it("that is a proxy and reads like a plain value is stored like one", () => {
    expect(storedOrRefused(new Proxy({ a: new Proxy([1, 2], {}) }, {}))).toBe('{"a":[1,2]}');
  });

  it("that claims to be an array of any length is refused", () => {
    const proxy = new Proxy([], { get: (_, key) => (key === "length" ? 2 ** 53 - 1 : 1) });
    expect(faultOf(proxy)).toMatch(/^is larger than 1 MiB/);
    expect(faultOf(Array(4_000_000_000))).toMatch(/^is larger than 1 MiB/);
  });

  it("that unfolds to more values than there are atoms is refused", () => {
    let list: unknown = "lol";
    for (let level = 0; level < 200; level++) list = [list, list, list];
    expect(faultOf(list)).toMatch(/^is larger than 1 MiB/);
    let object: unknown = {};
    for (let level = 0; level < 200; level++) object = { left: object, right: object };
    expect(faultOf(object)).toMatch(/^is larger than 1 MiB/);
  });

  it("that has one long string in many places is refused before it is written out", () => {
    // Written out, it would be longer than any string can be.
    const long = "x".repeat(1_000_000);
    expect(faultOf(Array<string>(1_000).fill(long))).toMatch(/^is larger than 1 MiB/);
    expect(faultOf(Array<object>(1_000).fill({ [long]: 1 }))).toMatch(/^is larger than 1 MiB/);
  });

  it("that is long and flat is read no further than it can fit", () => {
    let reads = 0;
    const counting = new Proxy(Array<number>(500_000).fill(1), {
      get(target, key) {
        reads += 1;
        return Reflect.get(target, key) as unknown;
      },
    });
    expect(faultOf([counting, counting, counting, counting])).toMatch(/^is larger than 1 MiB/);
    expect(reads).toBeLessThan(1_100_000);
  });
});

/** The text that is stored; an error that is not the documented one comes through. */
function storedOrRefused(value: unknown): string {
  try {
    return toJsonText(value, "payload");
  } catch (error) {
    if (error instanceof ValueRefused && error.path.startsWith("payload")) return "refused";
    throw error;
  }
}

/** What is wrong with the value, without the path. */
function faultOf(value: unknown): string {
  try {
    return toJsonText(value, "payload").slice(0, 80);
  } catch (error) {
    if (error instanceof ValueRefused) return error.message.slice(error.path.length + 1);
    throw error;
  }
}
