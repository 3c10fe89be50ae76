import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

/** What docs/errors.md says of a code: the cells of its row, by the heading of their column. */
export type DocumentedCode = ReadonlyMap<string, string>;

/** The codes that have a row in one of the tables of docs/errors.md. */
export function documentedCodes(): ReadonlyMap<string, DocumentedCode> {
  const codes = new Map<string, DocumentedCode>();
  let headings: readonly string[] = [];
  for (const line of readFileSync(join(ROOT, "docs/errors.md"), "utf8").split("\n")) {
    const cells = line.startsWith("|")
      ? line
          .split("|")
          .slice(1, -1)
          .map((it) => it.trim())
      : [];
    const [code = ""] = /^`[A-Z]\w+`$/.exec(cells[0] ?? "") ?? [];
    if (cells[0] === "`code`") headings = cells;
    else if (code !== "" && headings.length > 0)
      codes.set(code.slice(1, -1), new Map(headings.map((name, at) => [name, cells[at] ?? ""])));
    else if (cells.length === 0) headings = [];
  }
  return codes;
}

/** The codes of all errors that the sources of the packages make. */
export function codesInSources(): ReadonlySet<string> {
  const codes = sources().flatMap((text) =>
    [
      ...text.matchAll(
        /(?:super|new (?:Turno|Store)Error)\(\s*"([A-Z]\w+)"|\bcode = "([A-Z]\w+)"/g,
      ),
    ].map(([, one, other]) => one ?? other ?? ""),
  );
  return new Set(codes);
}

/** The messages of an error that stand in the sources, each as it is written. */
export function messagesInSources(code: string): readonly string[] {
  return sources().flatMap((text) => {
    const made = new RegExp(`new (?:${code}\\(|(?:Turno|Store)Error\\(\\s*"${code}",)`, "g");
    return [...text.matchAll(made)].flatMap(({ 0: { length }, index }) => {
      const message = argumentsFrom(text, index + length);
      return /["'`]/.test(message) ? [message] : [];
    });
  });
}

function sources(): readonly string[] {
  const files = globSync("packages/*/src/**/*.ts", { cwd: ROOT, exclude: ["packages/testkit/**"] });
  return files.map((file) => readFileSync(join(ROOT, file), "utf8"));
}

/** The text from here to the bracket that closes what is open. */
function argumentsFrom(text: string, start: number): string {
  let depth = 1;
  let at = start;
  for (; depth > 0 && at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")") depth--;
  }
  const parts = /["'`]\s*\+\s*["'`]/g;
  return text
    .slice(start, at - 1)
    .replace(parts, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Whether a message ends with what to do: a clause in the imperative after a semicolon, or after what is in brackets. */
export function saysWhatToDo(message: string): boolean {
  return REMEDY.test(message);
}

/** Words that such a clause begins with. */
const REMEDY = new RegExp(
  `; (?:\\$\\{(?:cure|remedy)\\}|(?:${[
    "add|allow|ask|check|choose|connect|create|delete|end|free|give|hand in|if @turno|if it says nothing|install|leave|let|look|make|name|open",
    "please report|prune|put|queue\\.retry|raise|reload|restore|return|run|serve|settle|stop|try|update|use|wait",
  ].join("|")})\\b)`,
);
