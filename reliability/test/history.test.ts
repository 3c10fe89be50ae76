import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { HISTORY, HistoryFile } from "../src/history/history-file.ts";
import { readHistories } from "../src/history/read-histories.ts";

it("the events of all processes are read in the order in which they happened", () => {
  const folder = temporaryFolder();
  const one = new HistoryFile(folder, "one");
  const other = new HistoryFile(folder, "other");
  one.write({ kind: "asked", of: "worker 1" });
  other.write({ kind: "stopped" });
  one.write({ kind: "killed", of: "worker 1" });
  const events = readHistories(folder);
  expect(events.map(({ process, kind }) => `${process} ${kind}`)).toEqual([
    "one asked",
    "other stopped",
    "one killed",
  ]);
});

it("half an event, of a process that was killed while it wrote, counts as not written", () => {
  const folder = temporaryFolder();
  new HistoryFile(folder, "one").write({ kind: "stopped" });
  appendFileSync(join(folder, `one${HISTORY}`), '{"at":1,"process":"one","ki');
  expect(readHistories(folder)).toMatchObject([{ kind: "stopped" }]);
});

it("a line that is no event, but for the last, is an error that names the file and the line", () => {
  const folder = temporaryFolder();
  const one = new HistoryFile(folder, "one");
  appendFileSync(join(folder, `one${HISTORY}`), '{"at":1,"pro\n');
  one.write({ kind: "stopped" });
  expect(() => readHistories(folder)).toThrow(/one\.history\.jsonl:1 is no event/);
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "turno-history-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
