import type { PhotoJob, Told } from "../jobs.ts";
import { bytes } from "../page/bytes.ts";

/** What a job is about: `Thumbnail`, `SHA-256`. */
export function kindOf({ type }: PhotoJob): string {
  return type === "hash" ? "SHA-256" : "Thumbnail";
}

/** What its handler has told last. */
export function toldOf({ progress }: PhotoJob): Told | undefined {
  return progress as Told | undefined;
}

/** How a job stands, in a few words. */
export function wordsFor(job: PhotoJob): string {
  switch (job.state) {
    case "pending":
      return bytes(job.payload.size);
    case "running":
      return joined(share(job), tab(job), attempt(job));
    case "completed":
      return joined(job.type === "thumbnail" && size(job.result), tab(job), attempt(job));
    case "failed":
      return joined(`${reason(job)}; will be tried again`, attempt(job));
    case "dead":
      return reason(job);
    case "cancelled":
      return "Not wanted any more";
  }
}

function share(job: PhotoJob): string {
  const told = toldOf(job);
  return told === undefined ? "starting" : `${Math.round((100 * told.done) / told.of)} %`;
}

function tab(job: PhotoJob): string | false {
  const told = toldOf(job);
  return told !== undefined && `tab ${told.tab}`;
}

function attempt({ attempt: number }: PhotoJob): string | false {
  return number > 1 && `attempt ${number}`;
}

function size({ width, height }: { readonly width: number; readonly height: number }): string {
  return `${width} × ${height}`;
}

function reason({ failures }: PhotoJob): string {
  const last = failures.at(-1);
  return last?.kind === "abandoned" ? "Its tab was closed" : (last?.message ?? "Failed");
}

function joined(...words: readonly (string | false)[]): string {
  return words.filter((word) => word !== false).join(" · ");
}
