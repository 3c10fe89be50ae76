import type { Worker } from "@turno/core";
import type { Told } from "@turno/testkit";
import type { HistoryFile } from "../history/history-file.ts";
import type { Jobs } from "./jobs.ts";

/** Writes down all that the worker tells. */
export function tellEvents(worker: Worker<Jobs>, history: HistoryFile): void {
  const tell = (event: Told["event"], id: string, attempt: number) =>
    history.write({ kind: "told", event, id, attempt });
  worker.on("completed", ({ job }) => tell("completed", job.id, job.attempt));
  worker.on("failed", ({ job }) => tell("failed", job.id, job.attempt));
  worker.on("dead", ({ job }) => tell("dead", job.id, job.attempt));
  // These give the attempt back.
  worker.on("snoozed", ({ job }) => tell("snoozed", job.id, job.attempt + 1));
  worker.on("released", ({ job }) => tell("released", job.id, job.attempt + 1));
  worker.on("lost", ({ id }) => history.write({ kind: "told", event: "lost", id }));
  worker.on("abandoned", ({ job }) =>
    tell(job.state === "dead" ? "abandoned dead" : "abandoned", job.id, job.attempt),
  );
  worker.on("error", ({ error }) => history.write({ kind: "trouble", error: String(error) }));
  worker.on("stopped", () => history.write({ kind: "stopped" }));
}
