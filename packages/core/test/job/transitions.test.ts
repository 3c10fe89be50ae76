import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { abandon } from "../../src/job/abandon.ts";
import { cancel } from "../../src/job/cancel.ts";
import { complete } from "../../src/job/complete.ts";
import { fail } from "../../src/job/fail.ts";
import { enqueued, type Job, type RunningJob, type WaitingJob } from "../../src/job/job.ts";
import { release, snooze } from "../../src/job/put-back.ts";
import { reschedule } from "../../src/job/reschedule.ts";
import { retry } from "../../src/job/retry.ts";
import { start } from "../../src/job/start.ts";
import { finishedJobs, instant, newJobs, runningJobs, span, waitingJobs } from "./arbitrary-job.ts";

const oops = { kind: "error", thrown: "oops" } as const;

/** Every transition, from a job that it takes to the job that it makes. */
const transitions: Readonly<Record<string, fc.Arbitrary<readonly [Job, Job]>>> = {
  start: step(waitingJobs, (job, now) => start(job, 7, now)),
  complete: step(runningJobs, (job, now) => complete(job, '"done"', now)),
  "complete without a result": step(runningJobs, (job, now) => complete(job, undefined, now)),
  fail: step(runningJobs, (job, now) => fail(job, oops, now)),
  "fail for good": step(runningJobs, (job, now) => fail(job, { ...oops, fatal: true }, now)),
  abandon: step(runningJobs, abandon),
  snooze: step(runningJobs, (job, now) => snooze(job, now + 5, now)),
  release: step(runningJobs, release),
  "cancel what waits": step(waitingJobs, cancel),
  "cancel what runs": step(runningJobs, cancel),
  reschedule: step(waitingJobs, (job, now) => reschedule(job, now + 5, now)),
  "retry what waits": step(waitingJobs, retry),
  "retry what is finished": step(finishedJobs, retry),
};

const NEVER_CHANGED = [
  "id",
  "seq",
  "type",
  "payload",
  "priority",
  "maxAttempts",
  "timeoutMs",
  "backoff",
  "uniqueKey",
  "uniqueUntil",
  "createdAt",
] as const;

/** What only jobs of certain states have. */
const OF_STATE: Readonly<Record<Job["state"], readonly string[]>> = {
  pending: ["ready"],
  failed: ["ready"],
  running: ["worker"],
  completed: ["finishedAt", "result"],
  dead: ["finishedAt"],
  cancelled: ["finishedAt"],
};

const IN_EVERY_STATE = [
  ...NEVER_CHANGED,
  "state",
  "runAt",
  "attempt",
  "revision",
  "claimedAt",
  "failures",
];

describe.for(Object.entries(transitions))("%s", ([, pairs]) => {
  it("raises the revision by one", () => {
    fc.assert(fc.property(pairs, ([before, after]) => after.revision === before.revision + 1));
  });

  it("keeps what a job was given when it was added", () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        for (const name of NEVER_CHANGED) expect(after[name]).toBe(before[name]);
      }),
    );
  });

  it("leaves nothing behind that belongs to another state", () => {
    fc.assert(
      fc.property(pairs, ([, after]) => {
        const expected = [...IN_EVERY_STATE, ...OF_STATE[after.state]];
        expect(Object.keys(after).toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  it("loses no failure but the oldest of more than ten", () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const added = after.failures.at(-1) === before.failures.at(-1) ? 0 : 1;
        const kept = after.failures.slice(0, after.failures.length - added);
        expect(kept).toEqual(before.failures.slice(-(10 - added)));
      }),
    );
  });

  it("never charges more attempts than the job has", () => {
    fc.assert(
      fc.property(pairs, ([, { attempt, maxAttempts }]) => attempt >= 0 && attempt <= maxAttempts),
    );
  });
});

describe("a new job", () => {
  it("waits with no attempt charged, at its first revision", () => {
    fc.assert(
      fc.property(newJobs, (wish) => {
        expect(enqueued(wish, 5, "an id")).toEqual({
          ...wish,
          id: "an id",
          seq: 5,
          state: "pending",
          attempt: 0,
          revision: 1,
          claimedAt: undefined,
          failures: [],
        });
      }),
    );
  });
});

describe("start", () => {
  it("charges the attempt and says who holds the job, and since when", () => {
    fc.assert(
      fc.property(waitingJobs, instant, (job, now) => {
        const { attempt, runAt, failures } = job;
        const started = { state: "running", attempt: attempt + 1, worker: 7, claimedAt: now };
        expect(start(job, 7, now)).toMatchObject({ ...started, runAt, failures });
      }),
    );
  });
});

describe("complete", () => {
  it("keeps the result and the attempt", () => {
    fc.assert(
      fc.property(
        runningJobs,
        fc.option(fc.json(), { nil: undefined }),
        instant,
        (job, result, now) => {
          const { attempt, claimedAt, runAt } = job;
          const completed = { state: "completed", result, finishedAt: now };
          expect(complete(job, result, now)).toMatchObject({
            ...completed,
            attempt,
            claimedAt,
            runAt,
          });
        },
      ),
    );
  });
});

describe("cancel", () => {
  it("finishes what waits or runs, and keeps how far it came", () => {
    fc.assert(
      fc.property(fc.oneof(waitingJobs, runningJobs), instant, (job, now) => {
        const { attempt, runAt, failures, claimedAt } = job;
        const cancelled = { state: "cancelled", finishedAt: now };
        expect(cancel(job, now)).toMatchObject({
          ...cancelled,
          attempt,
          runAt,
          failures,
          claimedAt,
        });
      }),
    );
  });
});

describe("snooze", () => {
  it("undoes the start but for runAt, and for what a start leaves for the record", () => {
    fc.assert(
      fc.property(waitingJobs, instant, instant, (job, runAt, now) => {
        const { revision, claimedAt, ...back } = snooze(start(job, 7, now), runAt, now);
        const { revision: before, claimedAt: _, ...waited } = job;
        expect(back).toEqual({ ...waited, runAt, ready: runAt <= now });
        expect([revision, claimedAt]).toEqual([before + 2, now]);
      }),
    );
  });
});

describe("release", () => {
  it("undoes the start, and the job is ready where it stood", () => {
    fc.assert(
      fc.property(waitingJobs, instant, (job, now) => {
        const { revision, claimedAt, ...back } = release(start(job, 7, now));
        const { revision: before, claimedAt: _, ...waited } = job;
        expect(back).toEqual({ ...waited, ready: true });
        expect([revision, claimedAt]).toEqual([before + 2, now]);
      }),
    );
  });
});

describe("reschedule", () => {
  it("changes when a job is due, and nothing else", () => {
    fc.assert(
      fc.property(waitingJobs, instant, instant, (job, runAt, now) => {
        const { revision } = job;
        const expected = { ...job, revision: revision + 1, runAt, ready: runAt <= now };
        expect(reschedule(job, runAt, now)).toEqual(expected);
      }),
    );
  });
});

describe("retry", () => {
  it("makes a job that waits due now, and changes nothing else", () => {
    fc.assert(
      fc.property(waitingJobs, instant, (job, now) => {
        const { revision } = job;
        const expected = { ...job, revision: revision + 1, runAt: now, ready: true };
        expect(retry(job, now)).toEqual(expected);
      }),
    );
  });

  it("starts a finished job afresh and keeps its failures", () => {
    fc.assert(
      fc.property(finishedJobs, instant, (job, now) => {
        const { failures } = job;
        const afresh = { state: "pending", attempt: 0, runAt: now, ready: true, failures };
        expect(retry(job, now)).toMatchObject({ ...afresh, claimedAt: undefined });
      }),
    );
  });
});

describe("any sequence of transitions", () => {
  it("ends a job after no more than its attempts, and charges no more", () => {
    const moves = fc.array(
      fc.constantFrom("fail", "abandon", "snooze", "release", "retry", "reschedule"),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(waitingJobs, moves, span, (first, sequence, now) => {
        let waiting: WaitingJob = first;
        let charged = first.attempt;
        for (const move of sequence) {
          const before = waiting;
          const running = start(waiting, 7, now);
          expect(running.attempt).toBeLessThanOrEqual(running.maxAttempts);
          const next = moved(running, before, move, now);
          if (next.state !== "pending" && next.state !== "failed") {
            expect([next.state, next.attempt]).toEqual(["dead", next.maxAttempts]);
            return;
          }
          charged += move === "fail" || move === "abandon" ? 1 : 0;
          expect(next.attempt).toBe(charged);
          waiting = next;
        }
      }),
    );
  });
});

function moved(running: RunningJob, waiting: WaitingJob, move: string, now: number): Job {
  if (move === "fail") return fail(running, oops, now);
  if (move === "abandon") return abandon(running, now);
  if (move === "snooze") return snooze(running, now + 1, now);
  if (move === "release") return release(running);
  return move === "retry" ? retry(waiting, now) : reschedule(waiting, now + 1, now);
}

function step<From extends Job>(jobs: fc.Arbitrary<From>, move: (job: From, now: number) => Job) {
  return fc.tuple(jobs, instant).map(([job, now]): readonly [Job, Job] => {
    // Frozen: a transition that changed the job that it is given would throw.
    Object.freeze(job.failures);
    return [job, move(Object.freeze(job), now)];
  });
}
