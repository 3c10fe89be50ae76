import { enqueued, type Job, newJob } from "@turno/core";
import { expect, it } from "vitest";
import { findClock } from "../../src/doctor/find-clock.ts";

const NOW = 1_750_000_000_000;

function jobAt(createdAt: number, later: Partial<Job> = {}): Job {
  const job = enqueued(newJob("a", "null", {}, {}, createdAt), 1, "id");
  return { ...job, ...later } as Job;
}

it("has nothing to say against what was written in the past", () => {
  const jobs = [jobAt(NOW - 1_000), jobAt(0)];
  expect(findClock(NOW, undefined, jobs)).toMatchObject({ level: "good", facts: { aheadMs: 0 } });
  expect(findClock(NOW, undefined, [])).toMatchObject({ level: "good" });
});

it("allows a second, as between machines that are kept in time", () => {
  expect(findClock(NOW, undefined, [jobAt(NOW + 1_000)])).toMatchObject({
    level: "good",
    facts: { aheadMs: 1_000 },
  });
});

it.each<[string, Job]>([
  ["enqueued", jobAt(NOW + 3_600_000)],
  ["claimed", jobAt(NOW, { claimedAt: NOW + 3_600_000 })],
  ["finished", jobAt(NOW, { state: "dead", finishedAt: NOW + 3_600_000 } as Partial<Job>)],
])("warns of a job that was %s in the future", (_, job) => {
  expect(findClock(NOW, undefined, [jobAt(0), job])).toMatchObject({
    level: "warning",
    message: "jobs were written 60 min ahead of this clock",
    remedy: expect.stringContaining("keep the clocks"),
    facts: { aheadMs: 3_600_000 },
  });
});

it.each([
  [5_000, "the store's clock is 5000 ms ahead of this one"],
  [-5_000, "the store's clock is 5000 ms behind this one"],
])("warns of a store whose own clock differs", (aheadMs, message) => {
  expect(findClock(NOW, NOW + aheadMs, [])).toMatchObject({ level: "warning", message });
  expect(findClock(NOW, NOW + aheadMs / 5, [])).toMatchObject({ level: "good" });
});
