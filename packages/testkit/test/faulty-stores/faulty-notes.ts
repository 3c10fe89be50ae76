import type { Note } from "@turno/core";
import { PlainStore } from "../plain-store.ts";
import type { FaultyStores } from "./faulty-stores.ts";

/** Faults in keeping notes. */
export const faultyNotes: FaultyStores = {
  "takes notes of a job that is not held": () =>
    new (class extends PlainStore {
      protected override takesNote = ({ seq, revision }: Note) =>
        this.jobs.get(seq)?.revision === revision;
    })(),
  "takes notes of whoever held the job before": () =>
    new (class extends PlainStore {
      protected override takesNote = ({ seq }: Note) => this.jobs.get(seq)?.state === "running";
    })(),
  "raises the revision with a note": () =>
    new (class extends PlainStore {
      protected override note(note: Note): void {
        super.note(note);
        const job = this.jobs.get(note.seq);
        if (job !== undefined && this.takesNote(note))
          this.jobs.set(job.seq, { ...job, revision: job.revision + 1 });
      }
    })(),
  "forgets the progress with the next line": () =>
    new (class extends PlainStore {
      protected override note(note: Note): void {
        super.note(note);
        const now = this.noted.get(note.seq);
        if (now !== undefined) this.noted.set(note.seq, { ...now, progress: note.progress });
      }
    })(),
  "keeps only the lines of the latest note": () =>
    new (class extends PlainStore {
      protected override note(note: Note): void {
        if (this.takesNote(note) && note.log.length > 0) this.noted.delete(note.seq);
        super.note(note);
      }
    })(),
  "keeps every line": () =>
    new (class extends PlainStore {
      protected override note(note: Note): void {
        const log = [...(this.noted.get(note.seq)?.log ?? []), ...note.log];
        super.note(note);
        const now = this.noted.get(note.seq);
        if (now !== undefined && this.takesNote(note)) this.noted.set(note.seq, { ...now, log });
      }
    })(),
  "keeps the notes of pruned jobs": () =>
    new (class extends PlainStore {
      protected override forget = (seq: number) => void this.jobs.delete(seq);
    })(),
};
