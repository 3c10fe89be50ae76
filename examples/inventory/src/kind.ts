import { isUtf8 } from "node:buffer";
import { extname } from "node:path";

const KINDS: Readonly<Record<string, readonly string[]>> = {
  code: [
    ".js",
    ".cjs",
    ".mjs",
    ".ts",
    ".cts",
    ".mts",
    ".tsx",
    ".jsx",
    ".py",
    ".c",
    ".h",
    ".cc",
    ".go",
    ".rs",
    ".sh",
  ],
  "source map": [".map"],
  data: [".json", ".jsonc", ".yaml", ".yml", ".toml", ".xml", ".csv", ".db", ".sqlite"],
  document: [".md", ".markdown", ".txt", ".html", ".pdf", ".rst", ".1"],
  style: [".css", ".scss", ".less"],
  image: [".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico"],
  media: [".mp3", ".mp4", ".wav", ".webm", ".woff", ".woff2", ".ttf"],
  archive: [".zip", ".gz", ".tgz", ".tar", ".xz", ".zst", ".br"],
  program: [".node", ".so", ".dll", ".exe", ".a", ".o", ".wasm"],
};

const KIND_OF = new Map(
  Object.entries(KINDS).flatMap(([kind, endings]) => endings.map((ending) => [ending, kind])),
);

/** The kind of a file by the ending of its name, else by its first bytes. */
export function kindOf(path: Buffer, start: Buffer): string {
  return KIND_OF.get(extname(path.toString("latin1")).toLowerCase()) ?? kindOfBytes(start);
}

function kindOfBytes(start: Buffer): string {
  if (start.length === 0) return "empty";
  if (start.subarray(0, 4).equals(Buffer.from("\x7fELF"))) return "program";
  if (start.subarray(0, 2).equals(Buffer.from("#!"))) return "code";
  // The last bytes may be the beginning of a character that was cut.
  const isText =
    !start.includes(0) && [0, 1, 2, 3].some((cut) => isUtf8(start.subarray(0, start.length - cut)));
  return isText ? "text" : "other";
}
