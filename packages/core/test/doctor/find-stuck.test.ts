import type { RunningJob } from "@turno/core";
import { describe, expect, it } from "vitest";
import { findStuck, type Scene } from "../../src/doctor/find-stuck.ts";

const NOW = Date.UTC(2026, 10, 26, 21);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const CALM: Scene = { now: NOW, ready: [], running: [], dueAt: undefined, paused: [], types: [] };

const RUNNING: RunningJob = {
  id: "019c0000-0000-7000-8000-000000000001",
  seq: 1,
  state: "running",
  type: "mail",
  payload: "null",
  priority: 0,
  runAt: NOW - HOUR,
  attempt: 1,
  maxAttempts: 25,
  timeoutMs: undefined,
  backoff: undefined,
  uniqueKey: undefined,
  uniqueUntil: "finished",
  createdAt: NOW - HOUR,
  revision: 2,
  claimedAt: NOW - MINUTE,
  worker: 1,
  failures: [],
};

function messages(scene: Partial<Scene>): readonly string[] {
  return findStuck({ ...CALM, ...scene }).map(({ level, message }) => `${level}: ${message}`);
}

it("finds nothing where nothing waits", () => {
  expect(messages({})).toEqual(["good: no job is stuck"]);
});

describe("jobs that could run", () => {
  const mails = (sinceMs: number) => [{ type: "mail", count: 3, since: NOW - sinceMs }];

  it("may wait for some minutes", () => {
    expect(messages({ ready: mails(5 * MINUTE - 1) })).toEqual(["good: no job is stuck"]);
  });

  it("are stuck when they wait for longer", () => {
    expect(messages({ ready: mails(5 * MINUTE) })).toEqual([
      'warning: 3 jobs of type "mail" could run since 2026-11-26T20:55:00.000Z, and still wait',
    ]);
  });

  it("are stuck at once where the queue does not define their type", () => {
    expect(messages({ ready: mails(1), types: ["other"] })).toEqual([
      expect.stringMatching(/3 jobs of type "mail" .*, but this queue does not define that type$/),
    ]);
    expect(messages({ ready: mails(1), types: ["other", "mail"] })).toEqual([
      "good: no job is stuck",
    ]);
  });

  it("are stuck at once where their type is paused", () => {
    expect(messages({ ready: mails(1), paused: ["mail"] })).toEqual([
      expect.stringMatching(/, but the type is paused$/),
    ]);
  });

  it("tell in figures what they tell in words", () => {
    const [finding] = findStuck({ ...CALM, ready: mails(HOUR) });
    expect(finding).toMatchObject({
      about: "stuck",
      remedy: expect.any(String),
      facts: { type: "mail", jobs: 3, since: NOW - HOUR, waitedMs: HOUR },
    });
  });
});

describe("a job that is due", () => {
  it("tells that nobody claims when it has long not been made ready", () => {
    expect(messages({ dueAt: NOW - 5 * MINUTE })).toEqual([
      "warning: a job has been due since 2026-11-26T20:55:00.000Z, and nobody has looked for one since",
    ]);
  });

  it("tells nothing before", () => {
    expect(messages({ dueAt: NOW - 5 * MINUTE + 1 })).toEqual(["good: no job is stuck"]);
    expect(messages({ dueAt: NOW + HOUR })).toEqual(["good: no job is stuck"]);
  });
});

describe("a job that runs", () => {
  const run = (ranMs: number, timeoutMs?: number) => [
    { ...RUNNING, claimedAt: NOW - ranMs, timeoutMs },
  ];

  it("is stuck when its time has been over for a minute", () => {
    expect(messages({ running: run(30_000 + MINUTE, 30_000) })).toEqual([
      `warning: job ${RUNNING.id} of type "mail" runs for 90 s, and may take 30 s`,
    ]);
    expect(messages({ running: run(30_000 + MINUTE - 1, 30_000) })).toEqual([
      "good: no job is stuck",
    ]);
  });

  it("is stuck after an hour where it has no limit", () => {
    expect(messages({ running: run(2 * HOUR) })).toEqual([
      `warning: job ${RUNNING.id} of type "mail" runs for 2 h, and has no timeoutMs`,
    ]);
    expect(messages({ running: run(HOUR - 1) })).toEqual(["good: no job is stuck"]);
    expect(messages({ running: run(2 * HOUR, 3 * HOUR) })).toEqual(["good: no job is stuck"]);
  });
});
