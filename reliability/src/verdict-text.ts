import type { Verdict } from "./run-scenario.ts";

/** How many violations are shown. */
const SHOWN = 10;

/** One line; where a promise is broken, also the first violations, and where the histories lie. */
export function verdictText({
  scenario,
  seed,
  account,
  violations,
  skipped,
  seconds,
  folder,
}: Verdict): string {
  if (skipped !== undefined) return `skipped ${scenario.name.padEnd(12)} ${skipped}`;
  const word = violations.length === 0 ? "kept   " : "BROKEN ";
  const line = `${word} ${scenario.name.padEnd(12)} seed ${seed}   ${account}   (${seconds.toFixed(0)} s)`;
  if (violations.length === 0) return line;
  const first = violations.slice(0, SHOWN).map(({ promise, what }) => `  ${promise}: ${what}`);
  const more = violations.length - first.length;
  return [
    line,
    ...first,
    ...(more > 0 ? [`  and ${more} more`] : []),
    `  the database and the histories: ${folder}`,
  ].join("\n");
}
