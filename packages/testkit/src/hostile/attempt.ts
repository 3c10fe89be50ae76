import { SchemaRefused, shown, TurnoError } from "@turno/core";
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
  const [startedAt, worked] = [performance.now(), workedMs()];
  const end = await endOf(() => call(value));
  // On a busy machine time passes while this process stands still.
  const ms = Math.min(performance.now() - startedAt, workedMs() - worked);
  const polluted = pollution();
  if (polluted !== undefined) throw new Error(`it has polluted ${polluted}`);
  return { end, ms };
}

/** For how long this process has had a processor; as long as it runs where the platform does not say. */
function workedMs(): number {
  const usage: unknown = Reflect.get(
    Object(Reflect.get(globalThis, "process")) as object,
    "cpuUsage",
  );
  if (typeof usage !== "function") return performance.now();
  const { user, system } = (usage as () => { user: number; system: number })();
  return (user + system) / 1_000;
}

async function endOf(call: () => unknown): Promise<End> {
  try {
    return { given: await call() };
  } catch (error) {
    const fault = faultIn(error);
    if (fault === undefined) return { refused: error as Error };
    throw new Error(`it threw ${fault}`, { cause: error });
  }
}

/** What JavaScript says by itself where nobody has looked at a value before. */
const RAW =
  /^Cannot |^Class |^Method |^The (argument|"|database connection|URL)|^Value of "this"|^Reduce |^Invalid (array|string|count|URL)|^(Do not know|Converting)|^'?\w+' (on|called on)|^URI|^Maximum|^SQLite|^Wrong API|^Provided value|is not (a function|iterable|an object|a constructor|defined)|has been revoked|a trap has sprung|non-configurable|circular structure/;

function faultIn(error: unknown): string | undefined {
  try {
    return faultOf(error);
  } catch {
    return "what cannot be looked at";
  }
}

function faultOf(error: unknown): string | undefined {
  if (error instanceof Sprung) return "what a trap of the caller's threw";
  if (error instanceof TurnoError) return error.code === "" ? "an error without a code" : undefined;
  if (!(error instanceof TypeError) && !(error instanceof RangeError))
    return `neither a TypeError, a RangeError nor a TurnoError, but ${shown(error)}`;
  // Its words are the schema's.
  if (error instanceof SchemaRefused) return undefined;
  return RAW.test(error.message) ? `an error of the language's: ${error.message}` : undefined;
}
