import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RolldownOutput } from "rolldown";

/** What is no source of ours: maps of it would double the package. */
const WITHOUT_MAP = /^(inlined-|sql-js-)/;

/** Writes what rolldown made into `folder`. */
export function writeOutput({ output }: RolldownOutput, folder: string): void {
  for (const file of output) {
    const text = file.type === "chunk" ? file.code : file.source;
    const path = join(folder, file.fileName);
    if (!WITHOUT_MAP.test(file.fileName)) writeFileSync(path, text);
    else if (file.type === "chunk") writeFileSync(path, withoutMapLink(file.code));
  }
}

/** The code without the line that names its map. */
export function withoutMapLink(code: string): string {
  return code.replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
}
