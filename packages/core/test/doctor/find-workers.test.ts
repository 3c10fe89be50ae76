import type { RunningJob } from "@turno/core";
import { describe, expect, it } from "vitest";
import { findWorkers } from "../../src/doctor/find-workers.ts";

const worker = (id: number, gone = false) => ({ id, beat: 0, leaseMs: 30_000, gone });
/** Running jobs that these workers hold. */
const heldBy = (...holders: number[]) =>
  holders.map((holder) => ({ state: "running", worker: holder }) as RunningJob);
const READY = [
  { type: "a", count: 2, since: 0 },
  { type: "b", count: 1, since: 0 },
];

describe("with workers", () => {
  it("is well, whatever waits", () => {
    expect(findWorkers([worker(1), worker(2)], heldBy(1, 2, 2), READY)).toEqual({
      about: "workers",
      level: "good",
      message: "2 workers have joined",
      facts: { workers: 2, gone: 0, orphans: 0 },
    });
  });

  it("tells what they are about to put back", () => {
    expect(findWorkers([worker(1), worker(2, true)], heldBy(1, 2, 2, 3, 3), [])).toMatchObject({
      level: "good",
      message: "1 worker has joined; the process of 1 worker has ended, 4 jobs lost their worker",
    });
  });
});

describe("without", () => {
  it("is well where nothing waits", () => {
    expect(findWorkers([], [], [])).toMatchObject({
      level: "good",
      message: "nobody works, and nothing waits",
    });
  });

  it("warns where something does", () => {
    expect(findWorkers([], [], READY)).toMatchObject({
      level: "warning",
      message: "nobody works, while 3 jobs could run",
      remedy: expect.stringContaining("start a worker"),
    });
  });

  it("warns where lost workers have left something", () => {
    expect(findWorkers([worker(1, true)], heldBy(1), [])).toMatchObject({
      level: "warning",
      message: "nobody works; the process of 1 worker has ended, 1 job lost its worker",
      facts: { workers: 0, gone: 1, orphans: 1 },
    });
  });
});
