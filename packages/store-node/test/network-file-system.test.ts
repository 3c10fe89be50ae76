import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname } from "node:path";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { temporaryFile } from "./temporary-file.ts";

const isLinux = process.platform === "linux";

describe.runIf(isLinux)("a file on a network file system", () => {
  it.each([
    [0x6969, "NFS"],
    [0x517b, "SMB"],
    [0xfe534d42, "SMB"],
    // As a machine of 32 bits gives it.
    [0xff534d42 | 0, "SMB"],
    [0x01021997, "9p"],
    [0x00c36400, "Ceph"],
  ])("is warned of (type %i: %s), and opened", async (type, name) => {
    const path = temporaryFile();
    const asked = fileSystemsAre(type);
    const warnings = warningsHeard();
    const store = openSqliteStore(path);
    expect(asked).toHaveBeenCalledWith(dirname(path));
    expect((await store.counts()).pending).toBe(0);
    expect(warnings).toEqual([
      {
        message: `${path} is on a network file system (${name})`,
        options: {
          type: "TurnoWarning",
          code: "TURNO_NETWORK_FILE_SYSTEM",
          detail: expect.stringContaining("put it on a local disk"),
        },
      },
    ]);
  });

  it("is warned of once, and a Database that is handed in too", () => {
    const path = temporaryFile();
    fileSystemsAre(0x6969);
    const warnings = warningsHeard();
    openSqliteStore(new Database(path));
    openSqliteStore(path);
    expect(warnings).toHaveLength(1);
  });
});

it.each([
  ["ext4", 0xef53],
  ["tmpfs", 0x01021994],
  ["overlay", 0x794c7630],
  ["FUSE", 0x65735546],
])("nothing is said of one on %s", (_, type) => {
  fileSystemsAre(type);
  const warnings = warningsHeard();
  openSqliteStore(temporaryFile());
  expect(warnings).toEqual([]);
});

it("nothing is said where the system does not tell, nor of a database in memory", () => {
  const asked = fileSystemsAre(0x6969);
  const warnings = warningsHeard();
  openSqliteStore(":memory:");
  expect(asked).not.toHaveBeenCalled();
  asked.mockImplementation(() => {
    throw new Error("ENOSYS");
  });
  openSqliteStore(temporaryFile());
  expect(warnings).toEqual([]);
});

/** Has the system say that every file system is of this type. */
function fileSystemsAre(type: number) {
  const spy = vi.spyOn(fs, "statfsSync").mockReturnValue({ type } as fs.StatsFs);
  syncBuiltinESMExports();
  onTestFinished(() => {
    spy.mockRestore();
    syncBuiltinESMExports();
  });
  return spy;
}

/** What the process is warned of from now on, and does not print. */
function warningsHeard(): readonly unknown[] {
  const heard: unknown[] = [];
  const spy = vi.spyOn(process, "emitWarning");
  spy.mockImplementation((message, options) => void heard.push({ message, options }));
  onTestFinished(() => spy.mockRestore());
  return heard;
}
