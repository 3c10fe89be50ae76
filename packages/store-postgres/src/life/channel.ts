import type { Bell } from "@turno/core";

/** The channel on which the stores of a schema ring; channels are the whole database's. */
export function channelOf(schema: string): string {
  return `turno.${schema}`;
}

/** The sign of no store: everybody hears what it rings. */
export const NOBODY = 0;

/** What is sent there to ring these bells, if there are any: who rings does not hear it. */
export function ringText(sign: number, bells: readonly Bell[]): string | undefined {
  return bells.length === 0 ? undefined : `${sign} ${bells.join(" ")}`;
}

/** Which bells were rung by others. */
export function bellIn(payload: string | undefined, ownSign: number): readonly Bell[] {
  const [sign, ...bells] = (payload ?? "").split(" ");
  if (sign === String(ownSign)) return [];
  return bells.filter((bell) => bell === "ready" || bell === "finished");
}
