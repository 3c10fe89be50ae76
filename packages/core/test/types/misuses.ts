import type { Complaint } from "./compile.ts";

/** A paragraph of code that must not compile. */
export interface Misuse {
  /** What its comment says. */
  readonly name: string;
  readonly code: string;
  readonly complaints: readonly Complaint[];
}

/** The paragraphs of `source` below its line, each with what the compiler says of it. */
export function misusesIn(source: string, complaints: readonly Complaint[]): readonly Misuse[] {
  const [preamble = "", below = ""] = source.split(/^\/\/ ---\n\n/m);
  let line = preamble.split("\n").length + 2;
  return below.split(/\n\n+/).map((paragraph) => {
    const [comment = "", ...code] = paragraph.trim().split("\n");
    const [first, last] = [line, line + code.length];
    line = last + 2;
    return {
      name: comment.replace("// ", ""),
      code: code.join("\n"),
      complaints: complaints.filter(
        (complaint) => complaint.line >= first && complaint.line <= last,
      ),
    };
  });
}

/** The misuses as a page to read. */
export function shownMisuses(misuses: readonly Misuse[]): string {
  return misuses
    .map(({ name, code, complaints }) =>
      [name, "", indented(code, 4), "", ...complaints.map(({ message }) => message), ""].join("\n"),
    )
    .join(`${"-".repeat(80)}\n`);
}

function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(by));
}
