import type { SqlValue } from "@turno/store-sqlite";
import { PayloadTooLarge } from "./payload-too-large.ts";

/** What Cloudflare allows a string, a blob or a row of a table. workerd on your own machine allows more. */
const MOST_BYTES = 2_000_000;

/** Throws where a statement's parameters are more than a row may hold. */
export function checkSize(parameters: readonly SqlValue[]): void {
  let characters = 0;
  for (const value of parameters) if (typeof value === "string") characters += value.length;
  // A character has at most three bytes, so that nearly everything is known to fit without being counted.
  if (characters * 3 <= MOST_BYTES) return;
  const bytes = byteLength(parameters);
  if (bytes <= MOST_BYTES) return;
  throw new PayloadTooLarge(
    `a row of ${bytes} bytes cannot be stored, since a Durable Object keeps rows of up to ${MOST_BYTES} bytes; ` +
      "put what is large elsewhere, in R2 for one, and its key in the payload",
  );
}

function byteLength(parameters: readonly SqlValue[]): number {
  const encoder = new TextEncoder();
  let bytes = 0;
  for (const value of parameters)
    if (typeof value === "string") bytes += encoder.encode(value).length;
  return bytes;
}
