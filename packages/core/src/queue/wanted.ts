import { shown } from "../job/shown.ts";
import type { NewJob } from "../job/job.ts";
import { ValueRefused } from "../job/json-text.ts";
import type { EnqueueOptions } from "../job/new-job.ts";
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

/** The checked jobs of a call of `enqueueMany`; throws an error that names the first item that is wrong. */
export function admitAll(
  admission: Admission,
  items: readonly unknown[],
): readonly Awaitable<NewJob>[] {
  if (!Array.isArray(items))
    throw new TypeError(`enqueueMany takes an array of jobs, but got ${shown(items)}`);
  return items.map((item: unknown, index) => {
    const name = `jobs[${index}]`;
    try {
      const admitted = admission.admit(wantedItem(item, name));
      return admitted instanceof Promise
        ? admitted.catch((error: unknown) => blame(error, name))
        : admitted;
    } catch (error) {
      return blame(error, name);
    }
  });
}

function wantedItem(item: unknown, name: string): Wanted {
  if (typeof item !== "object" || item === null)
    throw new TypeError(`must be an object, but is ${shown(item)}`);
  const { type, payload, ...options } = item as { type?: unknown; payload?: unknown };
  return { type, payload: "payload" in item ? [payload] : [], options, root: `${name}.payload` };
}

function blame(error: unknown, name: string): never {
  if (error instanceof ValueRefused || !(error instanceof Error)) throw error;
  const Kind = error instanceof RangeError ? RangeError : TypeError;
  throw new Kind(`${name}: ${error.message}`, { cause: error });
}
