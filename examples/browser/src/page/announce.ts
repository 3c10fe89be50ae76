import { part } from "./part.ts";

/** Says something in the page's status line, which screen readers read out when they have a moment. */
export function announce(words: string): void {
  part(document, "#status").textContent = words;
}
