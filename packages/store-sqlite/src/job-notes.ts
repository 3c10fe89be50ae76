import { type LogLine, type Note, noted, type Notes } from "@turno/core";
import type { SqlRow, SqlValue } from "./sql-port.ts";
import type { Statements } from "./statements.ts";

/** Adds each note whose job is still held as its writer has read it. Takes place under the write lock. */
export function addNotes({ notesOfHeld, writeNotes }: Statements, notes: readonly Note[]): void {
  for (const note of notes) {
    const row = notesOfHeld.get(note.seq, note.revision);
    if (row === undefined) continue;
    const { progress, log } = noted(toNotes(row), note);
    writeNotes.run(note.seq, progress ?? null, JSON.stringify(log));
  }
}

/** For each row's number the notes of its job. */
export function readNotes(
  { notes }: Statements,
  seqs: readonly number[],
): readonly (Notes | undefined)[] {
  const found = new Map<unknown, Notes>();
  for (const row of notes.all(JSON.stringify(seqs))) found.set(row["seq"], toNotes(row));
  return seqs.map((seq) => found.get(seq));
}

function toNotes({ progress, log }: SqlRow): Notes {
  return { progress: progress === null ? undefined : String(progress), log: toLog(log) };
}

function toLog(log: SqlValue | undefined): readonly LogLine[] {
  if (log === null || log === undefined) return [];
  try {
    const lines: unknown = JSON.parse(String(log));
    if (Array.isArray(lines) && lines.every(isLine)) return lines;
  } catch {
    // Damaged, like what is no array of lines: no more is lost by that than the lines.
  }
  return [
    { at: 0, attempt: 0, line: "(what was logged before this is damaged and cannot be read)" },
  ];
}

function isLine(value: unknown): value is LogLine {
  if (typeof value !== "object" || value === null) return false;
  const { at, attempt, line } = value as Partial<LogLine>;
  return typeof at === "number" && typeof attempt === "number" && typeof line === "string";
}
