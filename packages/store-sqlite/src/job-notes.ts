import { type LogLine, type Note, noted, type Notes, StoreCorrupt } from "@turno/core";
import type { SqlRow } from "./sql-port.ts";
import type { Statements } from "./statements.ts";

/** Adds each note whose job is still held as its writer has read it. Takes place under the write lock. */
export function addNotes({ notesOfHeld, writeNotes }: Statements, notes: readonly Note[]): void {
  for (const note of notes) {
    const row = notesOfHeld.get(note.seq, note.revision);
    if (row === undefined) continue;
    const { progress, log } = noted(toNotes(row, note.seq), note);
    writeNotes.run(note.seq, progress ?? null, JSON.stringify(log));
  }
}

/** For each row's number the notes of its job. */
export function readNotes(
  { notes }: Statements,
  seqs: readonly number[],
): readonly (Notes | undefined)[] {
  const found = new Map<unknown, Notes>();
  for (const row of notes.all(JSON.stringify(seqs)))
    found.set(row["seq"], toNotes(row, Number(row["seq"])));
  return seqs.map((seq) => found.get(seq));
}

function toNotes({ progress, log }: SqlRow, seq: number): Notes {
  return { progress: progress === null ? undefined : String(progress), log: toLog(log, seq) };
}

function toLog(log: unknown, seq: number): readonly LogLine[] {
  if (log === null) return [];
  try {
    const lines: unknown = typeof log === "string" ? JSON.parse(log) : undefined;
    if (Array.isArray(lines)) return lines as readonly LogLine[];
  } catch {
    // Damaged, like what is no array.
  }
  throw new StoreCorrupt(`the log of the job in row ${seq} is damaged; delete its row of notes`);
}
