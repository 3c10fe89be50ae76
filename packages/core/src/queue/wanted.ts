import { SchemaRefused } from "../definition/parse.ts";
import type { NewJob } from "../job/job.ts";
import { ValueRefused } from "../job/json-text.ts";
import type { EnqueueOptions } from "../job/new-job.ts";
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
  // Array.from looks at holes too.
  const admitted = Array.from(checkItems(items), (item, index) => {
    try {
      return admitItem(admission, item, index);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  });
  return admitted.some((job) => job instanceof Promise)
    ? firstRefusalOf(admitted)
    : (admitted as NewJob[]);
}

/** One checked job of a call of `enqueueMany`. */
export function admitItem(admission: Admission, item: unknown, index: number): Awaitable<NewJob> {
  const name = `jobs[${index}]`;
  try {
    const admitted = admission.admit(wantedItem(item, name));
    return admitted instanceof Promise
      ? admitted.catch((error: unknown) => blame(error, name))
      : admitted;
  } catch (error) {
    return blame(error, name);
  }
}

/** Returns `items` if it is an array. */
export function checkItems(items: readonly unknown[]): readonly unknown[] {
  if (Array.isArray(items)) return items;
  throw new TypeError(`enqueueMany takes an array of jobs, but got ${shown(items)}`);
}

async function firstRefusalOf(admitted: readonly Awaitable<NewJob>[]): Promise<readonly NewJob[]> {
  const settled = await Promise.allSettled(admitted.map(async (job) => job));
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

function wantedItem(item: unknown, name: string): Wanted {
  if (typeof item !== "object" || item === null)
    throw new TypeError(`must be an object, but is ${shown(item)}`);
  const { type, payload, ...options } = item as { type?: unknown; payload?: unknown };
  return { type, payload: "payload" in item ? [payload] : [], options, root: `${name}.payload` };
}

function blame(error: unknown, name: string): never {
  // These name the place already.
  if (error instanceof ValueRefused || error instanceof SchemaRefused || !(error instanceof Error))
    throw error;
  const Kind = error instanceof RangeError ? RangeError : TypeError;
  throw new Kind(`${name}: ${error.message}`, { cause: error });
}
