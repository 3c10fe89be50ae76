/** Throws, with what differs and where, unless both are the same plain data; undefined counts as absent. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  const differences: string[] = [];
  compare(actual, expected, "", differences);
  if (differences.length === 0) return;
  const listed = differences.slice(0, MOST_LISTED).map((difference) => `\n  ${difference}`);
  throw new Error(`${what}:${listed.join("")}${differences.length > MOST_LISTED ? "\n  …" : ""}`);
}

const MOST_LISTED = 8;

function compare(actual: unknown, expected: unknown, path: string, differences: string[]): void {
  if (Object.is(actual, expected)) return;
  if (
    !isObject(actual) ||
    !isObject(expected) ||
    Array.isArray(actual) !== Array.isArray(expected)
  ) {
    differences.push(`${path || "it"} is ${shown(actual)}, but should be ${shown(expected)}`);
    return;
  }
  const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  for (const key of keys) {
    const inner = Array.isArray(expected) ? `${path}[${key}]` : `${path}.${key}`;
    compare(Reflect.get(actual, key), Reflect.get(expected, key), inner, differences);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
