import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { abandon } from "../../src/job/abandon.ts";
import { cancel } from "../../src/job/cancel.ts";
import { complete } from "../../src/job/complete.ts";
import { fail } from "../../src/job/fail.ts";
import { enqueued, type Job } from "../../src/job/job.ts";
import { release, snooze } from "../../src/job/put-back.ts";
import { reschedule } from "../../src/job/reschedule.ts";
import { isPrunable } from "../../src/job/retention.ts";
import { retry } from "../../src/job/retry.ts";
import { start } from "../../src/job/start.ts";
import { JOB_STATES } from "../../src/job/state.ts";
import { anyJobs, finishedJobs, newJobs, runningJobs, waitingJobs } from "./arbitrary-job.ts";

const page = readFileSync(new URL("../../../../docs/states.md", import.meta.url), "utf8");
const NOW = 1_800_000_000_000;
const oops = { kind: "error", thrown: "oops" } as const;

describe("the diagram in docs/states.md", () => {
  it("has the arrows that the code has, and no others", () => {
    expect(drawnArrows()).toEqual(arrowsOfTheCode());
  });

  it("draws no arrow twice", () => {
    expect(new Set(drawnArrows()).size).toBe(drawnArrows().length);
  });

  it("has every state, and the table below it too", () => {
    const drawn = new Set(drawnArrows().flatMap((arrow) => arrow.split(/ --> | : /, 2)));
    const inTable = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, state]) => state);
    expect([...drawn].filter((state) => state !== "[*]").toSorted()).toEqual(JOB_STATES.toSorted());
    expect(inTable).toEqual(JOB_STATES);
  });

  it("has a word on every arrow", () => {
    const explained = [...page.matchAll(/\*\*(\w+)\*\*/g)].map(([, word = ""]) => word);
    const words = new Set(drawnArrows().flatMap((arrow) => arrow.split(" : ").slice(1)));
    words.delete("enqueue");
    expect([...words].toSorted()).toEqual(explained.toSorted());
  });
});

/** As they stand in the diagram, one label each: `running --> dead : fail`. */
function drawnArrows(): string[] {
  const [, diagram = ""] = /```mermaid\nstateDiagram-v2\n(.*?)```/s.exec(page) ?? [];
  const lines = diagram.split("\n").filter((line) => line.trim() !== "");
  const arrows = lines.flatMap((line) => {
    const [, from, to, labels] = /^ {2}(\S+) --> (\S+) : (.+)$/.exec(line) ?? [];
    if (labels === undefined) throw new Error(`no arrow: ${line}`);
    return labels.split(", ").map((label) => `${from} --> ${to} : ${label}`);
  });
  return arrows.toSorted();
}

function arrowsOfTheCode(): string[] {
  const arrows = [
    ...arrowsOf("claim", waitingJobs, (job) => start(job, 1, NOW)),
    ...arrowsOf("complete", runningJobs, (job) => complete(job, undefined, NOW)),
    ...arrowsOf("fail", runningJobs, (job) => fail(job, oops, NOW)),
    ...arrowsOf("fail", runningJobs, (job) => fail(job, { ...oops, fatal: true }, NOW)),
    ...arrowsOf("abandon", runningJobs, (job) => abandon(job, NOW)),
    ...arrowsOf("snooze", runningJobs, (job) => snooze(job, NOW + 1, NOW)),
    ...arrowsOf("release", runningJobs, release),
    ...arrowsOf("cancel", fc.oneof(waitingJobs, runningJobs), (job) => cancel(job, NOW)),
    ...arrowsOf("retry", fc.oneof(waitingJobs, finishedJobs), (job) => retry(job, NOW)),
    ...arrowsOf("reschedule", waitingJobs, (job) => reschedule(job, NOW + 1, NOW)),
    ...samples(newJobs).map((job) => `[*] --> ${enqueued(job, 1, "id").state} : enqueue`),
    ...samples(anyJobs)
      .filter(mayGo)
      .map(({ state }) => `${state} --> [*] : prune`),
  ];
  return [...new Set(arrows)].toSorted();
}

function arrowsOf<From extends Job>(
  label: string,
  jobs: fc.Arbitrary<From>,
  move: (job: From) => Job,
) {
  return samples(jobs).map((job) => `${job.state} --> ${move(job).state} : ${label}`);
}

function samples<T>(jobs: fc.Arbitrary<T>): T[] {
  return fc.sample(jobs, { numRuns: 100, seed: 1 });
}

function mayGo(job: Job): boolean {
  return isPrunable(job, { completed: Infinity, dead: Infinity, cancelled: Infinity });
}
