import { shown } from "./shown.ts";

/** A value that JSON keeps as it is. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** JSON text that came from {@link toJsonText}. */
export type JsonText = string;

/** A payload or result has at most this many bytes of UTF-8 as JSON: 1 MiB. */
export const MAX_JSON_BYTES = 1_048_576;

/** Arrays and objects lie in each other at most this deep. */
export const MAX_JSON_DEPTH = 256;

/** A value that cannot be kept as JSON without changing it; `path` leads to the place. */
export class ValueRefused extends TypeError {
  readonly code = "ValueRefused";
  readonly path: string;

  constructor(path: string, fault: string, options?: ErrorOptions) {
    super(`${path} ${fault}`, options);
    this.name = "ValueRefused";
    this.path = path;
  }
}

/**
 * The JSON text of `value`, if JSON can keep it: strings, finite numbers, booleans, null, and arrays and plain
 * objects of these. Properties that are `undefined` are left out. Anything else that JSON would drop or change
 * without a word throws {@link ValueRefused}, whose path starts with `root`.
 */
export function toJsonText(value: unknown, root: string): JsonText {
  const walk = new Walk(root);
  walk.check(value);
  const text = stringify(value, root);
  if (text.length * 3 > MAX_JSON_BYTES && byteLength(text) > MAX_JSON_BYTES) throw tooLarge(root);
  return text;
}

type Step = string | number;

/** One walk over a value; remembers the way to where it is. */
class Walk {
  readonly #root: string;
  readonly #steps: Step[] = [];
  readonly #above: object[] = [];
  #seen = 0;

  constructor(root: string) {
    this.#root = root;
  }

  check(value: unknown): void {
    // Each value takes a byte and a comma: a value seen once too often can't fit, however it is shared.
    if (++this.#seen > MAX_JSON_BYTES / 2) throw tooLarge(this.#root);
    switch (typeof value) {
      case "string":
        if (value.length > MAX_JSON_BYTES) throw tooLarge(this.#root);
        return;
      case "boolean":
        return;
      case "number":
        if (!Number.isFinite(value))
          throw this.#refused(`is ${value}, which JSON cannot keep; use null or a string`);
        return;
      case "object":
        if (value !== null) this.#checkInside(value);
        return;
      case "bigint":
        throw this.#refused("is a BigInt, which JSON cannot keep; pass it as a string");
      case "undefined":
        throw this.#refused("is undefined, which is not a JSON value; use null");
      default:
        throw this.#refused(`is ${shown(value)}, which JSON cannot keep`);
    }
  }

  #checkInside(value: object): void {
    if (this.#above.includes(value))
      throw this.#refused("refers back to an object that contains it");
    if (this.#above.length === MAX_JSON_DEPTH)
      throw this.#refused(`lies deeper than ${MAX_JSON_DEPTH} levels`);
    this.#above.push(value);
    if (Array.isArray(value)) this.#checkItems(value);
    else this.#checkProperties(value);
    this.#above.pop();
  }

  #checkItems(items: readonly unknown[]): void {
    if (items.length > MAX_JSON_BYTES / 2) throw tooLarge(this.#root);
    this.#refuseToJson(items);
    for (let index = 0; index < items.length; index++) {
      this.#steps.push(index);
      const item = this.#read(items, index);
      if (item === undefined && !(index in items))
        throw this.#refused("is missing: the array has a hole; use null");
      this.check(item);
      this.#steps.pop();
    }
  }

  #checkProperties(value: object): void {
    if (!isPlain(value)) throw this.#refused(`is ${shown(value)}${cureFor(value)}`);
    this.#refuseToJson(value);
    if (hasSymbols(value))
      throw this.#refused("has a property named by a symbol, which JSON would drop");
    for (const key of Object.keys(value)) {
      this.#steps.push(key);
      const inner = this.#read(value, key);
      if (inner !== undefined) this.check(inner);
      this.#steps.pop();
    }
  }

  #read(value: object, key: Step): unknown {
    try {
      return Reflect.get(value, key);
    } catch (error) {
      throw this.#refused("cannot be read: its getter throws", error);
    }
  }

  #refuseToJson(value: object): void {
    if (typeof this.#read(value, "toJSON") === "function") {
      throw this.#refused("has a toJSON method; pass what it returns");
    }
  }

  #refused(fault: string, cause?: unknown): ValueRefused {
    return new ValueRefused(
      pathOf(this.#root, this.#steps),
      fault,
      cause === undefined ? undefined : { cause },
    );
  }
}

function pathOf(root: string, steps: readonly Step[]): string {
  const path = steps.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[A-Za-z_$][\w$]{0,60}$/.test(step) ? `.${step}` : `[${shown(step)}]`;
  });
  return root + path.join("");
}

/** Whether nothing but its own properties makes up `value`; objects of another realm count too. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return (
    typeof prototype === "object" &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, "isPrototypeOf")
  );
}

function hasSymbols(value: object): boolean {
  return Object.getOwnPropertySymbols(value).some((symbol) =>
    Object.prototype.propertyIsEnumerable.call(value, symbol),
  );
}

function cureFor(value: object): string {
  if (value instanceof Date) return "; pass toISOString() or getTime()";
  if (value instanceof Map) return "; pass Object.fromEntries(…) or [...entries]";
  if (value instanceof Set) return "; pass [...values]";
  return "; pass a plain object";
}

function stringify(value: unknown, root: string): JsonText {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new ValueRefused(root, "changes while it is read", { cause: error });
  }
}

function tooLarge(root: string): ValueRefused {
  return new ValueRefused(
    root,
    `is larger than 1 MiB as JSON; keep large data elsewhere and pass a reference to it`,
  );
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
