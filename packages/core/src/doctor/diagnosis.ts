import type { Instant } from "../job/instant.ts";
import { readOnce } from "../job/read-once.ts";
import type { Finding, Level } from "../store/examination.ts";
import { instantText } from "./words.ts";

/** What a doctor has found; plain data, fit for JSON. */
export interface Diagnosis {
  readonly at: Instant;
  /** That of the worst finding. */
  readonly level: Level;
  readonly findings: readonly Finding[];
}

const WORST_FIRST: readonly Level[] = ["bad", "warning", "good"];

export function diagnosisOf(at: Instant, findings: readonly Finding[]): Diagnosis {
  const level = WORST_FIRST.find((each) => findings.some((finding) => finding.level === each));
  return { at, level: level ?? "good", findings };
}

/**
 * The diagnosis as text for people: a line that sums up, then a line for each finding, the worst first. What was said
 * in a line above is not said again.
 */
export function formatDiagnosis(diagnosis: Diagnosis): string {
  return readOnce("diagnosis", () => textOf(diagnosis));
}

function textOf({ at, findings }: Diagnosis): string {
  const counted = WORST_FIRST.map(
    (level) => `${findings.filter((finding) => finding.level === level).length} ${level}`,
  );
  const sorted = WORST_FIRST.flatMap((level) =>
    findings.filter((finding) => finding.level === level),
  );
  const lines = sorted.map((finding) => {
    const first = sorted.find(({ message }) => message === finding.message);
    return first === undefined || first === finding
      ? lineOf(finding)
      : lineOf({ ...finding, message: `as for ${first.about}` });
  });
  return [`${counted.join(", ")}, at ${instantText(at)}`, ...lines].join("\n");
}

function lineOf({ about, level, message, remedy }: Finding): string {
  const line = `${level.padEnd(8)} ${about.padEnd(12)} ${message}`;
  return remedy === undefined ? line : `${line}\n${" ".repeat(22)}to do: ${remedy}`;
}
