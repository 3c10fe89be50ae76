import { isPlain } from "./is-plain.ts";
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
  // The copy is what was checked: a getter or a proxy may give something else when it is read again.
  const text = JSON.stringify(new Walk(root).checkedCopy(value));
  if (text.length * 3 > MAX_JSON_BYTES && byteLength(text) > MAX_JSON_BYTES) throw tooLarge(root);
  return text;
}

type Step = string | number;

/** One walk over a value; remembers the way to where it is. */
class Walk {
  readonly #root: string;
  readonly #steps: Step[] = [];
  readonly #above: object[] = [];
  #size = 0;

  constructor(root: string) {
    this.#root = root;
  }

  checkedCopy(value: unknown): unknown {
    this.#count(1);
    switch (typeof value) {
      case "string":
        this.#count(value.length);
        return value;
      case "boolean":
        return value;
      case "number":
        if (Number.isFinite(value)) return value;
        throw this.#refused(`is ${value}, which JSON cannot keep; use null or a string`);
      case "object":
        return value === null ? null : this.#copyOf(value);
      case "bigint":
        throw this.#refused("is a BigInt, which JSON cannot keep; pass it as a string");
      case "undefined":
        throw this.#refused("is undefined, which is not a JSON value; use null");
      default:
        throw this.#refused(`is ${shown(value)}, which JSON cannot keep`);
    }
  }

  /** What is seen takes a byte at least: so a value that cannot fit is refused soon, however it is shared. */
  #count(bytes: number): void {
    this.#size += bytes;
    // A proxy's length may be less than nothing, or no number.
    if (!(bytes >= 0 && this.#size <= MAX_JSON_BYTES)) throw tooLarge(this.#root);
  }

  #copyOf(value: object): unknown {
    if (this.#above.includes(value))
      throw this.#refused("refers back to an object that contains it");
    if (this.#above.length === MAX_JSON_DEPTH)
      throw this.#refused(`lies deeper than ${MAX_JSON_DEPTH} levels`);
    this.#above.push(value);
    const copy = this.#guarded(() =>
      Array.isArray(value) ? this.#copyItems(value) : this.#copyProperties(value),
    );
    this.#above.pop();
    return copy;
  }

  #copyItems(items: readonly unknown[]): unknown[] {
    // The prototype of arrays is itself an array, in every realm; that of a class which extends Array is not.
    if (!Array.isArray(Object.getPrototypeOf(items)))
      throw this.#refused(`is ${shown(items)} of a class; pass a plain array`);
    this.#refuseToJson(items);
    this.#refuseSymbols(items);
    this.#count(items.length);
    const copy: unknown[] = [];
    for (let index = 0; index < items.length; index++) {
      this.#steps.push(index);
      const item = this.#read(items, index);
      if (item === undefined && !(index in items))
        throw this.#refused("is missing: the array has a hole; use null");
      copy.push(this.checkedCopy(item));
      this.#steps.pop();
    }
    if (Object.keys(items).length > items.length)
      throw this.#refused("is an array with named properties, which JSON would drop");
    return copy;
  }

  #copyProperties(value: object): object {
    if (!isPlain(value)) throw this.#refused(`is ${shown(value)}${cureFor(value)}`);
    this.#refuseToJson(value);
    this.#refuseSymbols(value);
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      this.#count(key.length);
      this.#steps.push(key);
      const inner = this.#read(value, key);
      if (inner !== undefined) put(copy, key, this.checkedCopy(inner));
      this.#steps.pop();
    }
    return copy;
  }

  /** A proxy may throw whatever is done with it. */
  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof ValueRefused ? error : this.#refused("cannot be read", error);
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

  #refuseSymbols(value: object): void {
    const isSeen = (symbol: symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol);
    if (Object.getOwnPropertySymbols(value).some(isSeen)) {
      throw this.#refused("has a property named by a symbol, which JSON would drop");
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

function cureFor(value: object): string {
  if (value instanceof Date) return "; pass toISOString() or getTime()";
  if (value instanceof Map) return "; pass Object.fromEntries(…) or [...entries]";
  if (value instanceof Set) return "; pass [...values]";
  return "; pass a plain object";
}

/** Also for `__proto__`, which an assignment would take for the prototype. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true });
  else object[key] = value;
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
