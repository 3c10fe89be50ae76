import { part } from "./part.ts";

/** Shows that something went wrong, in the error's own words: Turno's say what to do. */
export function showFault(error: unknown): void {
  console.error(error);
  const fault = part(document, "#fault");
  part(fault, "p").textContent = error instanceof Error ? error.message : String(error);
  part(fault, "button").onclick = () => location.reload();
  fault.hidden = false;
}
