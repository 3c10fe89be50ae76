/** A short text for an error message that says what `value` is; never throws, whatever it is. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.length > 40 ? `${JSON.stringify(value.slice(0, 40))}…` : JSON.stringify(value);
    case "bigint":
      return "a BigInt";
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    case "object":
      return value === null ? "null" : kindOf(value);
    default:
      return String(value);
  }
}

function kindOf(value: object): string {
  try {
    if (Array.isArray(value)) return "an array";
    const { constructor } = value;
    const name = typeof constructor === "function" ? constructor.name : "";
    return name === "" || name === "Object" ? "an object" : `an instance of ${name.slice(0, 40)}`;
  } catch {
    return "an object that cannot be read";
  }
}
