import { isUtf8 } from "node:buffer";

/** A path as JSON can hold it. Most are text; on Linux a name may be any bytes, and those stay what they are. */
export type StoredPath = { readonly path: string } | { readonly pathInBase64: string };

export function toStored(path: Buffer): StoredPath {
  return isUtf8(path) ? { path: path.toString() } : { pathInBase64: path.toString("base64") };
}

export function fromStored(stored: StoredPath): Buffer {
  return "path" in stored ? Buffer.from(stored.path) : Buffer.from(stored.pathInBase64, "base64");
}

/** A path that can be shown on a terminal, whatever its bytes: what would move the cursor is escaped. */
export function shownPath(path: Buffer): string {
  const isText = isUtf8(path);
  const text = path.toString(isText ? "utf8" : "latin1");
  const odd = isText ? /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu : /[^ -~]/g;
  return text.replace(odd, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\n") return "\\n";
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`;
}

function hex(code: number, length: number): string {
  return code.toString(16).padStart(length, "0");
}
