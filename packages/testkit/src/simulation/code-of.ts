import { TurnoError } from "@turno/core";

/** By what an error is known. */
export function codeOf(error: unknown): string {
  return error instanceof TurnoError ? error.code : String(error);
}
