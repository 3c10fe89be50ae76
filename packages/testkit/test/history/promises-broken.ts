import { type Evidence, judge, type Terms } from "@turno/testkit";
import type { Tale } from "./tale.ts";

/** The names of the promises that a tale shows broken, each once. */
export function promisesBroken(tale: Tale, terms: Terms = {}, more: Partial<Evidence> = {}) {
  return [...new Set(judge(tale.evidence(terms, more)).map(({ promise }) => promise))];
}
