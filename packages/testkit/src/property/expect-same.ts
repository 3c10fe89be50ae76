/** Throws, with what differs and where, unless both are the same plain data; undefined counts as absent. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  const found = differences(actual, expected);
  if (found.length === 0) return;
  const listed = found.slice(0, MOST_LISTED).map((difference) => `\n  ${difference}`);
  throw new Error(`${what}:${listed.join("")}${found.length > MOST_LISTED ? "\n  …" : ""}`);
}

/** What differs between two pieces of plain data, and where; undefined counts as absent. */
export function differences(actual: unknown, expected: unknown): readonly string[] {
  const found: string[] = [];
  compare(actual, expected, "", found);
  return found;
}

const MOST_LISTED = 8;

function compare(actual: unknown, expected: unknown, path: string, found: string[]): void {
  if (Object.is(actual, expected)) return;
  if (
    !isObject(actual) ||
    !isObject(expected) ||
    Array.isArray(actual) !== Array.isArray(expected)
  ) {
    found.push(`${path || "it"} is ${shown(actual)}, but should be ${shown(expected)}`);
    return;
  }
  const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  for (const key of keys) {
    const inner = Array.isArray(expected) ? `${path}[${key}]` : `${path}.${key}`;
    compare(Reflect.get(actual, key), Reflect.get(expected, key), inner, found);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  if (value === undefined) return "absent";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
