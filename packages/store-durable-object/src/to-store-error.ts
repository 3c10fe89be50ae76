import {
  StoreCorrupt,
  StoreError,
  StoreFull,
  StoreReplaced,
  StoreUnsupported,
  StoreUnwritable,
} from "@turno/core";
import { PayloadTooLarge } from "./payload-too-large.ts";

type Make = (words: string, options: ErrorOptions) => StoreError;

/** By what the platform's messages say: they have no codes. */
const MEANINGS: readonly (readonly [RegExp, Make])[] = [
  [
    /SQLITE_FULL|is full|storage limit/i,
    (words, options) =>
      new StoreFull(
        `the Durable Object has no room left (${words}); prune jobs, or spread them over several objects`,
        options,
      ),
  ],
  [
    /SQLITE_TOOBIG|too big/i,
    (words, options) =>
      new PayloadTooLarge(
        `a row is larger than a Durable Object keeps (${words}); put what is large elsewhere, in R2 for one, and its ` +
          "key in the payload",
        options,
      ),
  ],
  [
    /no such table/i,
    (words, options) =>
      new StoreReplaced(
        `the queue's tables are gone (${words}): deleteAll() was called, or something has dropped them; open the store anew`,
        options,
      ),
  ],
  [
    /SQLITE_(CORRUPT|NOTADB)|malformed/i,
    (words, options) =>
      new StoreCorrupt(
        `the Durable Object's database is damaged (${words}); restore it by onNextSessionRestoreBookmark`,
        options,
      ),
  ],
  [
    /SQL is not enabled/i,
    (words, options) =>
      new StoreUnsupported(
        `this Durable Object keeps no SQLite database (${words}); name its class in new_sqlite_classes of a migration`,
        options,
      ),
  ],
  [
    /SQLITE_(READONLY|CANTOPEN|PERM)/i,
    (words, options) =>
      new StoreUnwritable(
        `the Durable Object's database cannot be written (${words}); try again in another invocation`,
        options,
      ),
  ],
];

/** The typed error for what the storage of a Durable Object has thrown. */
export function toStoreError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  const options = { cause };
  for (const [pattern, make] of MEANINGS) if (pattern.test(words)) return make(words, options);
  return new StoreError(
    "StoreFailed",
    `the Durable Object's storage refused the work (${words}); if it says nothing of the platform, please report this`,
    options,
  );
}
