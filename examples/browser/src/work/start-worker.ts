import type { PlainQueue } from "@turno/core";
import type { Jobs } from "../jobs.ts";
import type { Shelf } from "../shelf.ts";
import { hashHandler } from "./hash.ts";
import { paceOf } from "./pace.ts";
import { thumbnailHandler } from "./thumbnail.ts";

const AT_A_TIME = 2;

/** Lets this tab work; `onChange` is called whenever one of its jobs has moved. */
export function startWorker(
  { queue, shelf, tab }: { queue: PlainQueue<Jobs>; shelf: Shelf; tab: string },
  onChange: () => void,
  onError: (error: unknown) => void,
): void {
  const room = { shelf, tab, pace: paceOf(location.search) };
  const worker = queue.work(
    { hash: hashHandler(room), thumbnail: thumbnailHandler(room) },
    { concurrency: AT_A_TIME },
  );
  const moves = [
    "started",
    "completed",
    "failed",
    "dead",
    "released",
    "lost",
    "abandoned",
  ] as const;
  for (const move of moves) worker.on(move, onChange);
  worker.on("error", ({ error }) => onError(error));
}
