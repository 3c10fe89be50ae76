import { readFileSync } from "node:fs";
import { constants, gzipSync } from "node:zlib";

/** The wasm as base64 of gzip, as `unpack` takes it. */
export function packWasm(file: string): string {
  return gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }).toString("base64");
}
