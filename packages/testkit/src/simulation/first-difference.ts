const LINES_BEFORE = 4;
const SAME_BEFORE = 100;
const LONGEST_LINE = 400;

/** Where two traces part, with what came before; undefined where they do not. */
export function firstDifference(
  actual: readonly string[],
  expected: readonly string[],
): string | undefined {
  const longest = Math.max(actual.length, expected.length);
  for (let at = 0; at < longest; at++)
    if (actual[at] !== expected[at])
      return [
        ...expected.slice(Math.max(0, at - LINES_BEFORE), at).map((line) => `    ${cut(line, 0)}`),
        ...difference(actual[at] ?? "nothing more", expected[at] ?? "nothing more"),
      ].join("\n");
  return undefined;
}

function difference(actual: string, expected: string): readonly string[] {
  let same = 0;
  while (actual[same] === expected[same]) same++;
  return [`  - ${cut(expected, same)}   (MemoryStore)`, `  + ${cut(actual, same)}`];
}

/** The line around that place, with its beginning. */
function cut(line: string, at: number): string {
  const from = at - SAME_BEFORE;
  const shown = from <= SAME_BEFORE ? line : `${line.slice(0, SAME_BEFORE)} … ${line.slice(from)}`;
  return shown.length > LONGEST_LINE ? `${shown.slice(0, LONGEST_LINE)}…` : shown;
}
