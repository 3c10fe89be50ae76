import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const BLOCK = 512;

/**
 * The files in a package's tarball, by their path in it, without the folder `package`. Throws where there is something
 * else than plain files: a link, a device, a header of another format.
 * @param {string} path
 * @returns {Map<string, Buffer>}
 */
export function readTarball(path) {
  const bytes = gunzipSync(readFileSync(path));
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const name = [text(bytes, at + 345, 155), text(bytes, at, 100)].filter(Boolean).join("/");
    const size = Number.parseInt(text(bytes, at + 124, 12), 8);
    const kind = text(bytes, at + 156, 1) || "0";
    if (kind !== "0" || !name.startsWith("package/") || files.has(name.slice(8))) {
      throw new Error(
        `${path} has ${JSON.stringify(name)} (type ${kind}); only plain files in package/, once each, may be packed`,
      );
    }
    files.set(name.slice(8), bytes.subarray(at + BLOCK, at + BLOCK + size));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

/**
 * @param {Buffer} bytes
 * @param {number} at
 * @param {number} length
 */
function text(bytes, at, length) {
  return bytes
    .toString("utf8", at, at + length)
    .replace(/\0.*$/s, "")
    .trim();
}
