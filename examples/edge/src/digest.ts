import type { Digest } from "./jobs.ts";

/** Counts the words of a text, and makes its fingerprint. */
export async function digest({ text }: { readonly text: string }): Promise<Digest> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const bytes = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0"));
  return { words: text.split(/\s+/).filter((word) => word !== "").length, sha256: bytes.join("") };
}
