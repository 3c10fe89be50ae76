/** A random name that nobody else has. */
export function newId(): string {
  // Not randomUUID: that one is only there in secure contexts.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
