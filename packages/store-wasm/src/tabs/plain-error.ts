import {
  AnswerLost,
  StoreBusy,
  StoreClosed,
  StoreCorrupt,
  StoreError,
  StoreFull,
  StoreNewer,
  StoreReplaced,
  StoreUnsupported,
  StoreUnwritable,
} from "@turno/core";
import { StoreTakenOver } from "../persistence/store-taken-over.ts";

/** An error without its class, which does not come through to another thread. */
export interface PlainError {
  /** A store's error has one. */
  readonly code?: string | undefined;
  readonly name: string;
  readonly message: string;
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  return { name, message, code: error instanceof StoreError ? error.code : undefined };
}

/** The error that was made plain. */
export function errorFrom({ code, name, message }: PlainError): Error {
  if (code !== undefined) {
    const Class = STORE_ERRORS[code];
    return Class === undefined ? new StoreError(code, message) : new Class(message);
  }
  if (name === "TypeError") return new TypeError(message);
  if (name === "RangeError") return new RangeError(message);
  return Object.assign(new Error(message), { name });
}

const STORE_ERRORS: Readonly<Record<string, new (message: string) => StoreError>> = {
  AnswerLost,
  StoreBusy,
  StoreClosed,
  StoreCorrupt,
  StoreFull,
  StoreNewer,
  StoreReplaced,
  StoreTakenOver,
  StoreUnsupported,
  StoreUnwritable,
};
