import type { Bell } from "./session-messages.ts";

/** The channel on which the stores of a schema ring; channels are the whole database's. */
export function channelOf(schema: string): string {
  return `turno.${schema}`;
}

/** What is sent there to ring: who rings does not hear it. */
export function ringText(sign: number, bells: readonly Bell[]): string {
  return `${sign} ${bells.join(" ")}`;
}

/** Which bells were rung by others. */
export function bellIn(payload: string | undefined, ownSign: number): readonly Bell[] {
  const [sign, ...bells] = (payload ?? "").split(" ");
  if (sign === String(ownSign)) return [];
  return bells.filter((bell) => bell === "ready" || bell === "finished");
}
