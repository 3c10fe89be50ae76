import { Fatal, type Handler } from "@turno/core";
import type { Jobs, Told } from "../jobs.ts";
import { fileOf, type Room } from "./room.ts";

const PIECES = 20;

/**
 * Computes the SHA-256 of a file. It is read in pieces, to tell how far that is; then the digest is one call over all of
 * it, because the Web Crypto API has no digest that goes on. So a file has to fit in memory.
 */
export function hashHandler(room: Room): Handler<Jobs, "hash"> {
  return async (job) => {
    if (!isSecureContext) throw new Fatal("browsers compute a SHA-256 on https or localhost only");
    job.log(`attempt ${job.attempt} in tab ${room.tab}`);
    const file = await fileOf(room, job.payload);
    const bytes = new Uint8Array(file.size);
    const startOf = (piece: number) => Math.floor((file.size * piece) / PIECES);
    for (let done = 0; done < PIECES; done++) {
      job.progress({ tab: room.tab, done, of: PIECES } satisfies Told);
      const piece = await file.slice(startOf(done), startOf(done + 1)).arrayBuffer();
      bytes.set(new Uint8Array(piece), startOf(done));
      await room.pace(1 / PIECES, job.signal);
    }
    return { sha256: toHex(await crypto.subtle.digest("SHA-256", bytes)) };
  };
}

function toHex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
