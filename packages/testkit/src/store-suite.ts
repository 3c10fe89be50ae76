import type { Store } from "@turno/core";
import { describe, it } from "vitest";
import { storeChecks } from "./check-store.ts";
import type { StoreUnderTest } from "./store-under-test.ts";

/**
 * Declares vitest tests that hold a store to all that the interface `Store` promises:
 * `storeSuite("memory", { open: () => new MemoryStore() })`.
 */
export function storeSuite<S extends Store>(name: string, subject: StoreUnderTest<S>): void {
  describe(`the store ${name}`, () => {
    for (const [topic, checks] of storeChecks(subject)) {
      describe(topic, () => {
        // oxlint-disable-next-line vitest/expect-expect -- The checks assert, where the rule does not look.
        for (const check of checks) it(check.name, check.run, LONGEST_TEST_MS);
      });
    }
  });
}

const LONGEST_TEST_MS = 120_000;
