import { Fatal } from "@turno/core";
import type { FileRef } from "../jobs.ts";
import type { Shelf } from "../shelf.ts";
import type { Pace } from "./pace.ts";

/** What handlers work with. */
export interface Room {
  readonly shelf: Shelf;
  /** The name of the tab that they run in. */
  readonly tab: string;
  readonly pace: Pace;
}

/** The bytes of a job's file; without them no other attempt would do better. */
export async function fileOf({ shelf }: Room, { id, name }: FileRef): Promise<Blob> {
  const file = await shelf.file(id);
  if (file === undefined) throw new Fatal(`the bytes of ${name} are gone; add the file again`);
  return file;
}
