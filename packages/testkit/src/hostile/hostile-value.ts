import fc from "fast-check";
import { hostileText } from "./hostile-text.ts";
import { oneOf, type Recipe, recipe } from "./recipe.ts";

/** What a hostile getter or trap throws: it may never come through as it is. */
export class Sprung extends Error {}

const spring = (): never => {
  throw new Sprung("a trap has sprung");
};

/** One value the first time that it is looked at, others later. */
function changing(...answers: readonly unknown[]): () => unknown {
  let looks = 0;
  return () => answers[Math.min(looks++, answers.length - 1)];
}

const withGetter = (name: string, get: () => unknown, onto: object = {}) =>
  Object.defineProperty(onto, name, { get, enumerable: true, configurable: true });

const TRAPS = [
  "get",
  "has",
  "ownKeys",
  "getOwnPropertyDescriptor",
  "getPrototypeOf",
] as const satisfies (keyof ProxyHandler<object>)[];

const revoked = (target: object) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};

const deep = (wrap: (inner: unknown) => unknown) => () => {
  let value: unknown = 1;
  for (let level = 0; level < 100_000; level++) value = wrap(value);
  return value;
};

/** It takes long to make, and nothing changes it. */
const once = <T>(make: () => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

const numbers = [
  0,
  -0,
  1,
  -1,
  0.5,
  NaN,
  Infinity,
  -Infinity,
  2 ** 31,
  2 ** 53,
  2 ** 60,
  1e308,
  5e-324,
  8.64e15,
  8.64e15 + 2,
  -8.64e15,
];

const primitives: fc.Arbitrary<Recipe> = fc.oneof(
  fc
    .constantFrom(undefined, null, true, false, 0n, 2n ** 64n)
    .map((value) => recipe(String(value), () => value)),
  fc
    .oneof(fc.constantFrom(...numbers), fc.double())
    .map((value) => recipe(`${Object.is(value, -0) ? "-0" : value}`, () => value)),
  hostileText.map((text) => recipe(JSON.stringify(text.slice(0, 60)), () => text)),
  oneOf({ "a symbol": () => Symbol("x"), "a well-known symbol": () => Symbol.iterator }),
);

const callables: Readonly<Record<string, () => unknown>> = {
  "an arrow": () => () => 1,
  "an arrow that throws": () => spring,
  "an async function": () => async () => 1,
  "a generator": () =>
    function* () {
      yield 1;
    },
  "an async generator": () =>
    async function* () {
      yield 1;
    },
  "a class": () => class A {},
  "a class with a hostile name": () =>
    class {
      static get name(): string {
        return spring();
      }
    },
  "a bound function": () => spring.bind(null),
  "a proxy of a function": () => new Proxy(() => 1, { apply: spring, get: spring }),
};

const builtIns: Readonly<Record<string, () => unknown>> = {
  "a Date": () => new Date(1_000),
  "an invalid Date": () => new Date(Number.NaN),
  "a Date that is none": () => Object.create(Date.prototype) as unknown,
  "a proxy of a Date": () => new Proxy(new Date(0), {}),
  "a Date with a hostile getTime": () =>
    Object.assign(new Date(0), { getTime: spring, valueOf: spring }),
  "a Date whose getTime gives text": () =>
    Object.assign(new Date(0), { getTime: () => "'; DROP TABLE turno_jobs; --" }),
  "a Map": () => new Map([["priority", 1]]),
  "a Set": () => new Set([1]),
  "a WeakMap": () => new WeakMap(),
  "a RegExp": () => /x/g,
  "typed numbers": () => new Float64Array([1, Number.NaN]),
  "no bytes": () => new Uint8Array(0),
  "an ArrayBuffer": () => new ArrayBuffer(8),
  "a DataView": () => new DataView(new ArrayBuffer(8)),
  "a boxed number": () => new Number(5),
  "a boxed string": () => new String("mail"),
  "a boxed boolean": () => new Boolean(false),
  "a boxed BigInt": () => Object(1n) as unknown,
  "a boxed symbol": () => Object(Symbol("x")) as unknown,
  "a promise": () => Promise.resolve(1),
  "an Error": () => new Error("x"),
  "a URL": () => new URL("https://example.org/'; DROP TABLE x"),
  "a URL that is none": () => Object.create(URL.prototype) as unknown,
  "a signal": () => new AbortController().signal,
  "a signal that is aborted": () =>
    AbortSignal.abort(new RangeError("by the caller: nothing refused")),
  "a signal that is none": () => Object.create(AbortSignal.prototype) as unknown,
  "a proxy of a signal": () => new Proxy(new AbortController().signal, {}),
  globalThis: () => globalThis,
  Math: () => Math,
  arguments: () =>
    (function (..._given: unknown[]) {
      return arguments;
    })(1, 2),
};

const objects: Readonly<Record<string, () => unknown>> = {
  "an empty object": () => ({}),
  "no prototype": () => Object.assign(Object.create(null) as object, { a: 1 }),
  "a prototype of a prototype": () =>
    Object.create(Object.create({ priority: 5 }) as object) as unknown,
  "inherited properties": () =>
    Object.create({ type: "a", payload: 1, priority: "high" }) as unknown,
  frozen: () => Object.freeze({ a: Object.freeze([1]) }),
  "not enumerable": () => Object.defineProperty({}, "hidden", { value: 1n }),
  "its own __proto__": () => JSON.parse('{"__proto__": {"polluted": true}, "a": 1}') as unknown,
  "its own constructor": () =>
    JSON.parse('{"constructor": {"prototype": {"polluted": true}}}') as unknown,
  "__proto__ among __proto__": () =>
    JSON.parse('{"__proto__": {"__proto__": {"polluted": 1}}}') as unknown,
  "no hasOwnProperty": () => ({ hasOwnProperty: 1, toString: null, valueOf: undefined }),
  "a constructor with a hostile name": () => ({
    constructor: Object.defineProperty(() => 1, "name", { get: spring }),
  }),
  "a constructor whose name is no text": () => ({
    constructor: Object.defineProperty(() => 1, "name", { value: Symbol("x") }),
  }),
  "a toJSON": () => ({ toJSON: () => 1 }),
  "a toJSON that throws": () => ({ toJSON: spring }),
  "a toJSON that is no function": () => ({ toJSON: 1 }),
  "a symbol for a key": () => ({ [Symbol("x")]: 1 }),
  "a toStringTag that throws": () => withGetter(Symbol.toStringTag as never, spring),
  "no primitive": () => ({ [Symbol.toPrimitive]: spring, toString: spring, valueOf: spring }),
  "hidden traps for conversion": () =>
    Object.defineProperties(
      {},
      {
        toString: { value: spring },
        valueOf: { value: spring },
        [Symbol.toPrimitive]: { value: spring },
      },
    ),
  // oxlint-disable-next-line unicorn/no-thenable -- That is the point.
  "a thenable": () => ({ then: (done: (value: unknown) => void) => done(1) }),
  // oxlint-disable-next-line unicorn/no-thenable -- That is the point.
  "a thenable that throws": () => ({ then: spring }),
  "a then that cannot be read": () => withGetter("then", spring),
  "a cycle": () => {
    const cycle: Record<string, unknown> = { a: 1 };
    cycle["self"] = [cycle];
    return cycle;
  },
  "a getter": () => withGetter("a", () => 1),
  "a getter that throws": () => withGetter("a", spring),
  "a getter that recurses": () => {
    const value = withGetter("a", (): unknown => Reflect.get(value, "a")) as object;
    return value;
  },
  "a getter that adds properties": () => {
    const value = withGetter("a", () =>
      Object.assign(value, { [`x${Math.random()}`]: 1 }),
    ) as object;
    return value;
  },
  "very deep": once(deep((inner) => ({ inner }))),
  "very wide": once(() =>
    Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`key ${at}`, at])),
  ),
  unfolding: once(() => {
    let value: unknown = {};
    for (let level = 0; level < 200; level++) value = { l: value, r: value };
    return value;
  }),
};

const arrays: Readonly<Record<string, () => unknown>> = {
  "an empty array": () => [],
  "a hole": () => [1, , 2], // oxlint-disable-line no-sparse-arrays
  "only holes": () => Array(4_000_000_000) as unknown,
  "named properties": () => Object.assign([1], { name: "x" }),
  "a class of arrays": () => new (class Mine extends Array<number> {})(),
  "items that throw": () => withGetter("0", spring, []),
  "an iterator that throws": () => Object.assign([1, 2], { [Symbol.iterator]: spring }),
  "an iterator without end": () =>
    Object.assign([1, 2], {
      *[Symbol.iterator]() {
        for (;;) yield "a";
      },
    }),
  "methods that throw": () =>
    Object.assign(["a"], {
      map: spring,
      slice: spring,
      every: spring,
      findIndex: spring,
      includes: spring,
      filter: spring,
    }),
  growing: () => {
    const list: unknown[] = [];
    withGetter(
      "0",
      () => {
        list.push("a");
        return "a";
      },
      list,
    );
    return list;
  },
  "a proxy of any length": () =>
    new Proxy(["a"], {
      get: (target, key) => (key === "length" ? 2 ** 53 - 1 : Reflect.get(target, key)),
    }),
  "a proxy of length NaN beside what unfolds": () => [
    new Proxy([], {
      get: (target, key) => (key === "length" ? Number.NaN : Reflect.get(target, key)),
    }),
    objects["unfolding"]?.(),
  ],
  "a proxy of negative length beside what unfolds": () => [
    new Proxy([], { get: (target, key) => (key === "length" ? -1e15 : Reflect.get(target, key)) }),
    objects["unfolding"]?.(),
  ],
  "a proxy whose length is a symbol": () =>
    new Proxy([], {
      get: (target, key) => (key === "length" ? Symbol("x") : Reflect.get(target, key)),
    }),
  "changing items": () => withGetter("0", changing("a", 5n, Symbol("x")), ["a"]),
  "very deep lists": once(deep((inner) => [inner])),
  "very long": once(() => Array<number>(1_200_000).fill(1)),
  long: once(() => Array.from({ length: 20_000 }, (_, at) => `type ${at}`)),
};

const proxies: Readonly<Record<string, () => unknown>> = Object.fromEntries(
  (
    [
      ["object", { a: 1 }],
      ["array", [1]],
      ["function", () => 1],
    ] as const
  ).flatMap(([name, target]) => [
    ...TRAPS.map(
      (trap) =>
        [
          `a proxy of an ${name} that throws in ${trap}`,
          () => new Proxy(target, { [trap]: spring }),
        ] as const,
    ),
    [`a revoked proxy of an ${name}`, () => revoked(target)] as const,
    [
      `a proxy of an ${name} that says yes to all`,
      () => new Proxy(target, { has: () => true, get: () => 1 }),
    ] as const,
    [
      `a proxy of an ${name} that gives itself`,
      () => {
        const self: object = new Proxy(target, { get: () => self });
        return self;
      },
    ] as const,
  ]),
);

/** Objects and functions of every kind that has ever broken anything. */
const hostileObject: fc.Arbitrary<Recipe> = fc.oneof(
  oneOf(callables),
  oneOf(builtIns),
  oneOf(objects),
  oneOf(arrays),
  oneOf(proxies),
);

/** Any value at all. */
export const hostileValue: fc.Arbitrary<Recipe> = fc.oneof(
  { weight: 2, arbitrary: primitives },
  { weight: 5, arbitrary: hostileObject },
  {
    weight: 1,
    arbitrary: fc
      .jsonValue({ maxDepth: 4 })
      .map((value) => recipe(JSON.stringify(value), () => structuredClone(value))),
  },
  {
    weight: 1,
    arbitrary: fc
      .anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withSet: true,
        withSparseArray: true,
        withTypedArray: true,
        withObjectString: true,
        key: hostileText,
      })
      .map((value) => recipe(fc.stringify(value), () => value)),
  },
);

/** The same inside of plain objects and arrays, under hostile keys. */
export const hostileTree: fc.Arbitrary<Recipe> = fc.oneof(
  { weight: 2, arbitrary: hostileValue },
  {
    weight: 1,
    arbitrary: fc
      .array(hostileValue, { maxLength: 3 })
      .map((list) =>
        recipe(`[${list.map(({ name }) => name).join(", ")}]`, () =>
          list.map(({ make }) => make()),
        ),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.tuple(hostileText, hostileValue), { maxLength: 3 })
      .map((entries) =>
        recipe(
          `{${entries.map(([key, { name }]) => `${JSON.stringify(key.slice(0, 60))}: ${name}`).join(", ")}}`,
          () => Object.fromEntries(entries.map(([key, { make }]) => [key, make()] as const)),
        ),
      ),
  },
);

/** Options of a call: some of the names with hostile values, read by getters now and then; or no options at all. */
export function hostileOptions(
  names: readonly string[],
  values: fc.Arbitrary<Recipe> = hostileValue,
): fc.Arbitrary<Recipe> {
  const entry = fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...names) },
      { weight: 1, arbitrary: hostileText },
    ),
    values,
    fc.constantFrom("plain", "plain", "getter", "changing"),
  );
  const object = fc.array(entry, { minLength: 1, maxLength: 3 }).map((entries) =>
    recipe(
      `{${entries.map(([key, { name }, kind]) => `${JSON.stringify(key.slice(0, 60))}: ${name}${kind === "plain" ? "" : ` (${kind})`}`).join(", ")}}`,
      () => {
        const options = {};
        for (const [key, { make }, kind] of entries) {
          const value = make();
          if (kind === "plain")
            Object.defineProperty(options, key, { value, enumerable: true, configurable: true });
          else
            withGetter(
              key,
              kind === "getter" ? () => value : changing(value, Symbol("later"), 5n),
              options,
            );
        }
        return options;
      },
    ),
  );
  return fc.oneof({ weight: 3, arbitrary: object }, { weight: 1, arbitrary: hostileValue });
}
