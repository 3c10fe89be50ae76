import { readFileSync } from "node:fs";
import type { DiskCall } from "./disk-call.ts";

/** The lengths of `struct record` of recorder.c, whose numbers are those of the machine: little-endian ones here. */
const HEAD_BYTES = 40;

/** All calls of a log that the recorder has written. */
export function readRecording(log: string): DiskCall[] {
  const bytes = readFileSync(log);
  const calls: DiskCall[] = [];
  for (let at = 0; at < bytes.length; ) {
    const pathEnd = at + HEAD_BYTES + bytes.readUInt32LE(at + 4);
    const end = pathEnd + Number(bytes.readBigUInt64LE(at + 24));
    // Half a record is of a process that was killed while it wrote it, and the last of all.
    if (end > bytes.length) throw new Error(`${log} ends within a call, at byte ${at}`);
    calls.push(callOf(bytes.subarray(at, pathEnd), bytes.subarray(pathEnd, end)));
    at = end;
  }
  return calls;
}

function callOf(head: Buffer, data: Buffer): DiskCall {
  const inode = head.readBigUInt64LE(8);
  const offset = Number(head.readBigInt64LE(16));
  const at = Number(head.readBigInt64LE(32)) / 1e6;
  // The kernel says so of a file that has lost its name.
  const path = head.toString("utf8", HEAD_BYTES).replace(/ \(deleted\)$/, "");
  const kind = head.readUInt32LE(0);
  switch (kind) {
    case 1:
      return { kind: "write", path, at, inode, offset, data };
    case 2:
      return { kind: "truncate", path, at, inode, size: offset };
    case 3:
      return { kind: "sync", path, at, inode };
    case 4:
      return { kind: "create", path, at, inode };
    case 5:
      return { kind: "unlink", path, at };
    case 6:
      return { kind: "rename", path, at, inode, to: data.toString("utf8") };
    case 7:
      return { kind: "make folder", path, at };
    default:
      throw new Error(`the recorder knows no call ${kind}`);
  }
}
