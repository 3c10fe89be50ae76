import type { Counts } from "@turno/core";
import { announce } from "./announce.ts";
import { part } from "./part.ts";

/** Shows how much is done of all there is, and says so once nothing waits or runs any more. */
export function tellWhenDone(onDone: () => void): (counts: Counts) => void {
  let wasBusy = false;
  let wasCancelled = 0;
  return ({ pending, failed, running, completed, dead, cancelled }) => {
    const open = pending + failed + running;
    const all = open + completed + dead + cancelled;
    part<HTMLProgressElement>(document, "#overall").value = all === 0 ? 0 : (all - open) / all;
    part(document, "#finished").textContent = `${all - open} of ${all}`;
    document.body.classList.toggle("empty", all === 0);
    if (wasBusy && open === 0) {
      // Whoever cancels the last one has been told of that, and it is not done.
      if (cancelled <= wasCancelled)
        announce(dead === 0 ? "All is done" : `All is done; ${dead} failed`);
      onDone();
    }
    wasBusy = open > 0;
    wasCancelled = cancelled;
  };
}
