import { randomBytes } from "node:crypto";

export interface Payload {
  readonly index: number;
  readonly text: string;
}

const SMALL = "a payload of about a hundred bytes, as a job that sends a mail would have";
const LARGEST = 256 * 1_024;

let noise: string | undefined;

/** A payload whose JSON has about `bytes` bytes. Beyond 100 it is noise, which no storage makes smaller. */
export function payload(index: number, bytes: number): Payload {
  if (bytes <= 100) return { index, text: SMALL };
  noise ??= randomBytes(LARGEST).toString("base64");
  const from = ((index * 61) % LARGEST) >> 1;
  return { index, text: noise.slice(from, from + bytes - 30) };
}
