import type { PlainQueue } from "@turno/core";
import type { TicketActions } from "../board/ticket.ts";
import { forgetFiles } from "../forget-files.ts";
import type { Jobs, PhotoJob } from "../jobs.ts";
import type { Shelf } from "../shelf.ts";
import { announce } from "./announce.ts";
import { part } from "./part.ts";
import { showFault } from "./show-fault.ts";

/** What the buttons of the board do. Each says in the status line what has become of it, and calls `changed`. */
export function boardActions(
  place: { queue: PlainQueue<Jobs>; shelf: Shelf },
  changed: () => void,
): TicketActions {
  const { queue } = place;
  part(document, "#clear").addEventListener("click", () => void doing(clear));
  return {
    cancel: (job) => void doing(() => cancel(job)),
    retry: (job) => void doing(() => retry(job)),
  };

  async function cancel({ id, payload }: PhotoJob): Promise<string> {
    const did = await queue.cancel(id);
    return did ? `Cancelled: ${payload.name}` : `${payload.name} was finished already`;
  }

  async function retry({ id, payload }: PhotoJob): Promise<string> {
    const did = await queue.retry(id);
    return did ? `Started again: ${payload.name}` : `${payload.name} runs already`;
  }

  async function clear(): Promise<string> {
    const count = await queue.prune({ completed: 0, dead: 0, cancelled: 0 });
    await forgetFiles(place);
    return `Cleared: ${count}. The newest ticket stays, so that no number is given twice`;
  }

  async function doing(work: () => Promise<string>): Promise<void> {
    try {
      announce(await work());
    } catch (error) {
      showFault(error);
    }
    changed();
  }
}
