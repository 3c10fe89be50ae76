import { checkInteger } from "./check-integer.ts";
import { readOnce } from "./read-once.ts";
import { shown } from "./shown.ts";

/** What an id carries. */
export interface JobIdParts {
  /** When the job was made: milliseconds since the epoch, below 2⁴⁸ in the id. */
  readonly createdAt: number;
  /** The random number of the database, below 2³⁴: tells the ids of one from those of another. */
  readonly salt: number;
  /** The number of the job's row, below 2⁴⁰. */
  readonly seq: number;
}

/** Salts and row numbers are below these. */
export const SALT_LIMIT = 2 ** 34;
export const SEQ_LIMIT = 2 ** 40;

const TIME_LIMIT = 2 ** 48;
const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * The id of a job: a UUIDv7 by its form (RFC 9562, 5.7), whose 74 random bits are the database's salt and the row's
 * number. So an id finds its row without an index of its own, and sorts by age within a database. What an id cannot carry,
 * which only a damaged row has, is taken to the nearest that it can.
 */
export function encodeJobId({ createdAt, salt, seq }: JobIdParts): string {
  if (createdAt !== latest.createdAt || salt !== latest.salt)
    latest = { createdAt, salt, head: headOf(createdAt, salt) };
  return latest.head + hex(Math.min(Math.max(seq, 0), SEQ_LIMIT - 1), 10);
}

/** A salt for a new database; `random` gives a number from 0 to 1. */
export function saltBy(random: () => number): number {
  if (typeof random !== "function")
    throw new TypeError(`random must be a function, but is ${shown(random)}`);
  return Math.min(
    checkInteger(
      Math.floor(readOnce("random()", random) * SALT_LIMIT),
      "the salt that random() makes",
      0,
      SALT_LIMIT,
    ),
    SALT_LIMIT - 1,
  );
}

/** Jobs that are made together differ in their number alone. */
let latest = { createdAt: Number.NaN, salt: Number.NaN, head: "" };

function headOf(createdAt: number, salt: number): string {
  const time = hex(Math.max(createdAt, 0) % TIME_LIMIT, 12);
  const saltHigh = Math.floor(salt / 2 ** 22);
  const saltLow = salt % 2 ** 22;
  // 128 bits: time 48 | version 4 | salt's upper 12 | variant 2 | salt's lower 22 | seq 40
  const variant = hex(0x800000 + saltLow, 6);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(saltHigh, 3)}-${variant.slice(0, 4)}-${variant.slice(4)}`;
}

/** What `id` carries, or undefined where it has not the form of a job's id. */
export function decodeJobId(id: string): JobIdParts | undefined {
  if (typeof id !== "string" || !FORM.test(id)) return undefined;
  const saltHigh = Number.parseInt(id.slice(15, 18), 16);
  const saltLow = Number.parseInt(id.slice(19, 23) + id.slice(24, 26), 16) - 0x800000;
  return {
    createdAt: Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16),
    salt: saltHigh * 2 ** 22 + saltLow,
    seq: Number.parseInt(id.slice(26), 16),
  };
}

/** The row's number of a job of the database with this salt; throws where `id` is not the id of one. */
export function seqOfJobId(id: unknown, salt: number): number {
  const parts = decodeJobId(id as string);
  if (parts === undefined)
    throw new TypeError(`a job's id looks like a UUID of version 7, but this is ${shown(id)}`);
  if (parts.salt !== salt) {
    throw new TypeError(
      `the job ${String(id)} belongs to another database; ask the queue that enqueued it`,
    );
  }
  return parts.seq;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
