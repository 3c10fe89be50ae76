import type { BeatReply } from "@turno/core";
import type { Row } from "../connection/queryable.ts";

/** The statement of a beat: worker. */
export function beatText(schema: string): string {
  return `SELECT * FROM ${schema}.beat_1($1::text::bigint)`;
}

/** What it has told: the reply, and the version of the tables. */
export function beatOf(row: Row | undefined): {
  readonly reply: BeatReply;
  readonly version: number;
} {
  const holds = JSON.parse(String(row?.["holds"])) as readonly (readonly [number, number])[];
  return {
    reply: {
      known: row?.["known"] === true,
      holds: holds.map(([seq, revision]) => ({ seq, revision })),
    },
    version: Number(row?.["version"]),
  };
}
