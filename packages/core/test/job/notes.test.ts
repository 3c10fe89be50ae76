import { type LogLine, MAX_LOG_LINES, noted } from "@turno/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logLine } from "../../src/job/notes.ts";

const log = fc.array(
  fc.record({ at: fc.nat(), attempt: fc.nat(), line: fc.string() }) satisfies fc.Arbitrary<LogLine>,
  { maxLength: 150, size: "max" },
);
const notes = fc.record({ progress: fc.option(fc.json(), { nil: undefined }), log });

describe("noted", () => {
  it("keeps the latest progress and the latest lines, however they come in portions", () => {
    fc.assert(
      fc.property(fc.array(notes, { maxLength: 5 }), (portions) => {
        const nothing = { progress: undefined, log: [] };
        const after = portions.reduce(noted, nothing);
        const told = portions.flatMap(({ progress }) => (progress === undefined ? [] : [progress]));
        const lines = portions.flatMap((portion) => portion.log);
        expect(after).toEqual({ progress: told.at(-1), log: lines.slice(-MAX_LOG_LINES) });
      }),
    );
  });
});

describe("logLine", () => {
  it("cuts what is longer than 1 KiB, between characters", () => {
    const job = { attempt: 3 } as never;
    expect(logLine(job, "short", 7)).toEqual({ at: 7, attempt: 3, line: "short" });
    const { line } = logLine(job, "🎟️€".repeat(500), 7);
    expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(1_024);
    expect(new TextEncoder().encode(line).length).toBeGreaterThan(1_000);
    expect("🎟️€".repeat(500).startsWith(line)).toBe(true);
    expect(logLine(job, "\ud800", 7).line).toBe("\ufffd");
  });
});
