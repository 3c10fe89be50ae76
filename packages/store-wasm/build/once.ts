/** The text with `after` in place of `before`, which must be there exactly once. */
export function once(text: string, before: string, after: string): string {
  const parts = text.split(before);
  if (parts.length === 2) return parts.join(after);
  throw new Error(`${before} must stand once in its file, but is there ${parts.length - 1} times`);
}
