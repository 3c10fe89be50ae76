import { expect, it } from "vitest";
import { formatSummary } from "../../src/job/format-summary.ts";

it("a summary names every state in the same order, those without jobs too", () => {
  const counts = { cancelled: 6, dead: 5, completed: 1_234_567, running: 0, failed: 2, pending: 1 };
  expect(formatSummary(counts)).toBe(
    "pending 1, failed 2, running 0, completed 1234567, dead 5, cancelled 6",
  );
});
