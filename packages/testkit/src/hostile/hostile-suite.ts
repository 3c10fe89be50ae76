import type { Store } from "@turno/core";
import { describe, it } from "vitest";
import { handlers } from "./handlers.ts";
import { idsAndFilters } from "./ids-and-filters.ts";
import { names } from "./names.ts";
import { opening } from "./opening.ts";
import { options } from "./options.ts";
import { payloads } from "./payloads.ts";
import type { HostileSubject } from "./scene.ts";
import { schemas } from "./schemas.ts";
import { settling } from "./settling.ts";

/**
 * Declares vitest tests that give every method of a queue on this store what no caller should: it is refused with an error
 * that says so, and nothing is stored; or it is read back as it was given.
 */
export function hostileSuite<S extends Store>(name: string, subject: HostileSubject<S>): void {
  describe(`hostile input to a queue on ${name}`, () => {
    for (const [topic, properties] of Object.entries(TOPICS)) {
      describe(topic, () => {
        // oxlint-disable-next-line vitest/expect-expect -- The properties assert, where the rule does not look.
        for (const [promise, holds] of Object.entries(properties))
          it(promise, () => holds(subject), 60_000 + (subject.runs ?? 0) * 1_000);
      });
    }
  });
}

const TOPICS = {
  payloads,
  options,
  names,
  "ids and filters": idsAndFilters,
  settling,
  handlers,
  schemas,
  opening,
};
