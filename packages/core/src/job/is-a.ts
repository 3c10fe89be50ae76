/** Like instanceof, also for what throws when it is looked at. */
export function isA<T>(Kind: abstract new (...given: never) => T, value: unknown): value is T {
  try {
    return value instanceof Kind;
  } catch {
    return false;
  }
}
