import { describe, expect, it } from "vitest";
import type { CrashState } from "../src/power/disk.ts";
import { Disk } from "../src/power/disk.ts";
import type { DiskCall } from "../src/power/disk-call.ts";
import { type Mercy, SECTOR_BYTES } from "../src/power/mercy.ts";
import { randomFrom } from "../src/random-from.ts";

const NONE: Mercy = { kept: 0, torn: 0 };
const ALL: Mercy = { kept: 1, torn: 0 };
const FILE = "/site/file";

/** A sector each. */
const SECTORS = ["o", "1", "2"].map((letter) => letter.repeat(SECTOR_BYTES));

describe("a power cut", () => {
  it("leaves nothing that was not synced, or all of it", () => {
    const disk = diskAfter([create(), write(0, "new")]);
    expect(textIn(disk, NONE)).toBeUndefined();
    expect(textIn(disk, ALL)).toBe("new");
  });

  it("leaves what was synced, if its folder was synced too", () => {
    const calls = [create(), write(0, "old"), sync(), sync("/site")];
    const disk = diskAfter([...calls, write(0, "new"), write(3, "er")]);
    expect(textIn(disk, NONE)).toBe("old");
    expect(textIn(disk, ALL)).toBe("newer");
    expect(textIn(diskAfter(calls.slice(0, -1)), NONE)).toBeUndefined();
  });

  it("may undo a truncate, and the loss of a name", () => {
    const stored = [create(), write(0, "whole"), sync(), sync("/site")];
    const truncated = diskAfter([...stored, truncate(2)]);
    expect(textIn(truncated, NONE)).toBe("whole");
    expect(textIn(truncated, ALL)).toBe("wh");
    const unlinked = diskAfter([...stored, unlink()]);
    expect(textIn(unlinked, NONE)).toBe("whole");
    expect(textIn(unlinked, ALL)).toBeUndefined();
  });

  it("does not take a file for another that had the same inode before", () => {
    const stored = [create(), write(0, "one"), sync(), sync("/site"), unlink()];
    const disk = diskAfter([...stored, create("/site/other"), write(0, "other", "/site/other")]);
    expect(textIn(disk, NONE)).toBe("one");
  });

  it("leaves each sector as it was at some moment since the sync, and never one of the others' bytes", () => {
    const [old = "", first = "", second = ""] = SECTORS.map((sector) => sector.repeat(8));
    const stored = [create(), write(0, old), sync(), sync("/site")];
    const disk = diskAfter([...stored, write(0, first), write(0, second)]);
    const found = new Set<string>();
    for (let seed = 1; seed <= 50; seed++) {
      const text = textIn(disk, { kept: 0.3, torn: 0 }, seed) ?? "";
      for (let at = 0; at < text.length; at += SECTOR_BYTES)
        found.add(text.slice(at, at + SECTOR_BYTES));
    }
    expect(found).toEqual(new Set(SECTORS));
  });

  it("tears sectors within what was being written, and leaves the bytes beside it", () => {
    const half = SECTOR_BYTES / 2;
    const stored = [create(), write(0, "o".repeat(SECTOR_BYTES)), sync(), sync("/site")];
    const disk = diskAfter([...stored, write(half, "n".repeat(half))]);
    const texts = Array.from({ length: 50 }, (_, seed) => textIn(disk, { kept: 0, torn: 1 }, seed));
    for (const text of texts) expect(text?.slice(0, half)).toBe("o".repeat(half));
    expect(texts).toContainEqual(expect.stringMatching(/^o+n+$/));
    expect(texts).toContainEqual(expect.stringMatching(/^o+n+o+$/));
  });
});

function diskAfter(calls: readonly DiskCall[]): Disk {
  const disk = new Disk();
  for (const call of calls) disk.make(call);
  return disk;
}

function textIn(disk: Disk, mercy: Mercy, seed = 1): string | undefined {
  const state: CrashState = disk.afterCut(mercy, randomFrom(seed));
  return state.get(FILE)?.toString("latin1");
}

const inode = 7n;
const at = 0;

function create(path = FILE): DiskCall {
  return { kind: "create", path, at, inode };
}

function write(offset: number, text: string, path = FILE): DiskCall {
  return { kind: "write", path, at, inode, offset, data: Buffer.from(text) };
}

function truncate(size: number): DiskCall {
  return { kind: "truncate", path: FILE, at, inode, size };
}

function sync(path = FILE): DiskCall {
  return { kind: "sync", path, at, inode: path === FILE ? inode : 1n };
}

function unlink(): DiskCall {
  return { kind: "unlink", path: FILE, at };
}
