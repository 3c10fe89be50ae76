import { shown, TurnoError } from "@turno/core";
import { Sprung } from "./hostile-value.ts";
import { pollution } from "./pollution.ts";

/** What a call came to: it gave something, or refused what it was given. */
export type End = { readonly given: unknown } | { readonly refused: Error };

/** Longer than this no call may keep the event loop, or its caller waiting. */
const LONGEST_MS = 1_000;

/**
 * Calls `call` with what `make` makes. Rejects where what it throws is no error of ours, where it takes too long (twice: a
 * busy machine is no fault), and where it leaves something in a prototype.
 */
export async function attempt<T>(make: () => T, call: (value: T) => unknown): Promise<End> {
  const first = await measured(make(), call);
  if (first.ms <= LONGEST_MS) return first.end;
  const second = await measured(make(), call);
  if (second.ms <= LONGEST_MS) return second.end;
  throw new Error(`it took ${Math.round(first.ms)} ms, and then ${Math.round(second.ms)} ms`);
}

async function measured<T>(value: T, call: (value: T) => unknown) {
  const startedAt = performance.now();
  const end = await endOf(() => call(value));
  const ms = performance.now() - startedAt;
  const polluted = pollution();
  if (polluted !== undefined) throw new Error(`it has polluted ${polluted}`);
  return { end, ms };
}

async function endOf(call: () => unknown): Promise<End> {
  try {
    return { given: await call() };
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) return { refused: error as Error };
    throw new Error(`it threw ${fault}`, { cause: error });
  }
}

/** What JavaScript says by itself where nobody has looked at a value before. */
const RAW =
  /^Cannot |^Class |^Method |^The (argument|"|database connection|URL)|^Value of "this"|^Reduce |^Invalid (array|string|count|URL)|^(Do not know|Converting)|^'?\w+' (on|called on)|^URI|^Maximum|^SQLite|^Wrong API|^Provided value|is not (a function|iterable|an object|a constructor|defined)|has been revoked|a trap has sprung|non-configurable|circular structure/;

function faultOf(error: unknown): string | undefined {
  if (error instanceof Sprung) return "what a trap of the caller's threw";
  if (error instanceof TurnoError) return error.code === "" ? "an error without a code" : undefined;
  if (!(error instanceof TypeError) && !(error instanceof RangeError))
    return `neither a TypeError, a RangeError nor a TurnoError, but ${shown(error)}`;
  return RAW.test(error.message) ? `an error of the language's: ${error.message}` : undefined;
}
