import {
  AnswerLost,
  StoreBusy,
  StoreCorrupt,
  StoreError,
  StoreFull,
  StoreMoving,
  StoreUnreachable,
  StoreUnsupported,
  StoreUnwritable,
} from "@turno/core";
import { MOVING_CODE } from "../schema/move-functions.ts";

/** What Postgres says by its codes (Appendix A of its manual) before anything was done. */
const REFUSALS: readonly (readonly [
  codes: RegExp,
  make: (message: string, cause: unknown) => StoreError,
])[] = [
  // Somebody else was in the way: deadlock, serialization, a lock or a statement that took longer than the server lets it.
  [
    /^(40001|40P01|55P03|57014|55006)$/,
    (message, cause) =>
      new StoreBusy(`Postgres was busy: ${message}; try again`, { cause, partial: true }),
  ],
  [
    /^(53300|57P03)$/,
    (message, cause) =>
      new StoreUnreachable(
        `Postgres takes no connection at present: ${message}; wait, or raise max_connections`,
        { cause },
      ),
  ],
  [
    /^(53100|53200|53400|54023)$/,
    (message, cause) =>
      new StoreFull(`Postgres has no room left: ${message}; make room, and try again`, { cause }),
  ],
  [
    /^25006$/,
    (message, cause) =>
      new StoreUnwritable(
        `Postgres may only be read here: ${message}; connect to the primary, by an address that follows it`,
        { cause },
      ),
  ],
  [
    /^(42501|28\w{3}|3D000)$/,
    (message, cause) =>
      new StoreUnwritable(
        `Postgres may not be used: ${message}; check the user's rights and the connection string`,
        { cause },
      ),
  ],
  [
    /^(3F000|42P01|42883|42703|42P07)$/,
    (message, cause) =>
      new StoreCorrupt(
        `the tables of the queue are not as they were: ${message}; open the store anew, or run what migrations() gives`,
        { cause },
      ),
  ],
  [
    /^XX00[12]$/,
    (message, cause) =>
      new StoreCorrupt(`Postgres finds its data damaged: ${message}; restore a backup`, { cause }),
  ],
  [
    new RegExp(`^${MOVING_CODE}$`),
    (message, cause) =>
      new StoreMoving(
        `${message}; run the same move again until it ends, or choose an empty store`,
        {
          cause,
        },
      ),
  ],
  [
    /^0A000$/,
    (message, cause) =>
      new StoreUnsupported(`Postgres cannot do this: ${message}; use version 13 or newer`, {
        cause,
      }),
  ],
];

/** What ends a connection: whether a statement that was under way has been carried out is not known. */
const ENDED = /^(57P0[1245]|08\w{3}|25P0[35])$/;

/**
 * What an error of the driver means for who asked; `sent` where the statement was handed to a connection. Errors that say
 * something about the statement itself are given back as they are.
 */
export function storeErrorOf(error: unknown, sent: boolean): unknown {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code !== undefined && !ENDED.test(code)) {
    const refusal = REFUSALS.find(([codes]) => codes.test(code));
    return refusal === undefined ? error : refusal[1](message, error);
  }
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return sent
    ? new AnswerLost(
        `the connection to Postgres was lost before the answer came: ${message}; look whether it was done before you try again`,
        { cause: error },
      )
    : new StoreUnreachable(`Postgres cannot be reached: ${message}; check that it runs and where`, {
        cause: error,
      });
}

/**
 * The five characters by which Postgres tells what went wrong; undefined where it did not speak. A query builder that a
 * caller's transaction goes through may have put an error of its own around it.
 */
function codeOf(error: unknown): string | undefined {
  for (let it = error; typeof it === "object" && it !== null; it = Reflect.get(it, "cause")) {
    const code: unknown = Reflect.get(it, "code");
    // Unlike those of the operating system (EPIPE) they have a digit.
    if (typeof code === "string" && /^(?=.*\d)[0-9A-Z]{5}$/.test(code)) return code;
  }
  return undefined;
}
