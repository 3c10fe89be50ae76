import { SchemaRefused } from "../definition/parse.ts";
import type { NewJob } from "../job/job.ts";
import { ValueRefused } from "../job/json-text.ts";
import type { EnqueueOptions } from "../job/new-job.ts";
import { checkInteger } from "../job/check-integer.ts";
import { readOnce } from "../job/read-once.ts";
import { shown } from "../job/shown.ts";
import type { Awaitable } from "../store/store.ts";
import type { Admission, Wanted } from "./admission.ts";

/** What a call of `enqueue` wants. */
export function wantedOf(type: unknown, rest: readonly unknown[]): Wanted {
  return {
    type,
    payload: rest.length === 0 ? [] : [rest[0]],
    options: rest[1] as EnqueueOptions | undefined,
    root: "payload",
  };
}

/** The checked jobs of a call of `enqueueMany`; throws, or rejects with, an error that names the first that is wrong. */
export function admitMany(
  admission: Admission,
  items: readonly unknown[],
): Awaitable<readonly NewJob[]> {
  const length = lengthOf(items);
  const admitted: Awaitable<NewJob>[] = [];
  // By number: holes too, and an array's own iterator may give anything, for ever.
  for (let index = 0; index < length; index++) {
    try {
      admitted.push(admitItem(admission, items, index));
    } catch (error) {
      // Nobody asks for what comes after it.
      admitted.push(Promise.reject(error as Error));
      break;
    }
  }
  return admitted.some((job) => job instanceof Promise)
    ? firstRefusalOf(admitted)
    : (admitted as NewJob[]);
}

/** One checked job of a call of `enqueueMany`. */
export function admitItem(
  admission: Admission,
  items: readonly unknown[],
  index: number,
): Awaitable<NewJob> {
  const name = `jobs[${index}]`;
  try {
    const admitted = admission.admit(wantedItem(items, index, `${name}.payload`));
    return admitted instanceof Promise
      ? admitted.catch((error: unknown) => blame(error, name))
      : admitted;
  } catch (error) {
    return blame(error, name);
  }
}

/** How many items there are; throws where they are no array. */
export function lengthOf(items: readonly unknown[]): number {
  if (readOnce("jobs", () => Array.isArray(items)))
    return checkInteger(
      readOnce("jobs", () => items.length),
      "jobs.length",
      0,
      2 ** 32 - 1,
    );
  throw new TypeError(`enqueueMany takes an array of jobs, but got ${shown(items)}`);
}

async function firstRefusalOf(admitted: readonly Awaitable<NewJob>[]): Promise<readonly NewJob[]> {
  const settled = await Promise.allSettled(admitted.map(async (job) => job));
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

function wantedItem(items: readonly unknown[], index: number, root: string): Wanted {
  const item = readOnce("it", () => items[index]);
  if (typeof item !== "object" || item === null || readOnce("it", () => Array.isArray(item)))
    throw new TypeError(`must be an object, but is ${shown(item)}`);
  return readOnce("it", () => {
    const { type, payload, ...options } = item as { type?: unknown; payload?: unknown };
    return { type, payload: "payload" in item ? [payload] : [], options, root };
  });
}

function blame(error: unknown, name: string): never {
  // These name the place already.
  if (error instanceof ValueRefused || error instanceof SchemaRefused || !(error instanceof Error))
    throw error;
  const Kind = error instanceof RangeError ? RangeError : TypeError;
  throw new Kind(`${name}: ${error.message}`, { cause: error });
}
