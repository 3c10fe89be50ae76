import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RolldownOutput } from "rolldown";

/** Writes what rolldown made into `folder`, without the maps of what is no source: they would double the package. */
export function writeOutput({ output }: RolldownOutput, folder: string): void {
  for (const file of output) {
    const write = (text: string | Uint8Array) => writeFileSync(join(folder, file.fileName), text);
    if (!file.fileName.startsWith("inlined-"))
      write(file.type === "chunk" ? file.code : file.source);
    else if (file.type === "chunk") write(withoutMapLink(file.code));
  }
}

export function withoutMapLink(code: string): string {
  return code.replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
}
