import { Queue } from "@turno/core";
import { openWasmStore } from "@turno/store-wasm";
import { describe, expect, it } from "vitest";
import { type PersistenceReport, roomFinding } from "../src/persistence-report.ts";
import { browserWith } from "./tabs/browser-with.ts";

it("a queue in memory examines its database", async () => {
  const queue = new Queue({ store: await openWasmStore() });
  await queue.enqueue("mail");
  const { findings } = await queue.doctor();
  expect(findings).toContainEqual(expect.objectContaining({ about: "integrity", level: "good" }));
  expect(findings.find(({ about }) => about === "versions")?.message).toMatch(/SQLite 3\./);
});

it("a tab examines the database that another tab leads with, and its own room", async () => {
  const {
    tabs: [, two],
  } = await browserWith(2);
  const { findings, ready } = await two.store.examine();
  expect(findings.map(({ about, level }) => [about, level])).toEqual([
    ["integrity", "good"],
    ["versions", "good"],
    ["damaged", "good"],
    ["room", "good"],
  ]);
  expect(ready).toEqual([]);
});

describe("room", () => {
  const REPORT: PersistenceReport = { mode: "indexeddb", tabs: "shared", persisted: true };

  it("is there while most of the quota is left, and where the browser does not say", () => {
    expect(roomFinding(REPORT).level).toBe("good");
    expect(roomFinding({ ...REPORT, quota: 1_000, usage: 899 })).toEqual({
      about: "room",
      level: "good",
      message: "there is room",
      facts: { mode: "indexeddb", tabs: "shared", persisted: true, quota: 1_000, usage: 899 },
    });
  });

  it("is little where nine tenths of the quota are used", () => {
    expect(roomFinding({ ...REPORT, quota: 1_000, usage: 900 })).toMatchObject({
      level: "warning",
      message: "the origin uses 900 of the 1000 bytes that it may store",
    });
  });

  it("does not last where the jobs are in memory", () => {
    expect(roomFinding({ ...REPORT, mode: "memory" })).toMatchObject({ level: "warning" });
  });
});
