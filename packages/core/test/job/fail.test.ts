import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { abandon } from "../../src/job/abandon.ts";
import { retryDelay } from "../../src/job/backoff.ts";
import { fail } from "../../src/job/fail.ts";
import { MAX_FAILURES } from "../../src/job/failure.ts";
import type { RunningJob } from "../../src/job/job.ts";
import { MAX_INSTANT } from "../../src/job/new-job.ts";
import { instant, runningJobs, span } from "./arbitrary-job.ts";

const oops = { kind: "error", thrown: new Error("oops") } as const;
const withAttemptsLeft = runningJobs.map((job) => ({ ...job, maxAttempts: job.attempt + 1 }));
const onLastAttempt = runningJobs.map((job) => ({ ...job, maxAttempts: job.attempt }));

describe("fail", () => {
  it("sends a job with attempts left back to wait as long as its backoff says", () => {
    fc.assert(
      fc.property(withAttemptsLeft, instant, (job, now) => {
        const delay = retryDelay(job.backoff, job.seq, job.attempt);
        const expected = { state: "failed", runAt: now + delay, ready: delay === 0 };
        expect(fail(job, oops, now)).toMatchObject(expected);
      }),
    );
  });

  it("buries a job on its last attempt", () => {
    fc.assert(
      fc.property(
        onLastAttempt,
        instant,
        fc.option(span, { nil: undefined }),
        (job, now, delayMs) => {
          const dead = {
            state: "dead",
            finishedAt: now,
            attempt: job.maxAttempts,
            runAt: job.runAt,
          };
          expect(fail(job, { ...oops, delayMs }, now)).toMatchObject(dead);
        },
      ),
    );
  });

  it("buries a job for good where it is told to, whatever attempts are left", () => {
    fc.assert(
      fc.property(runningJobs, instant, (job, now) => {
        const dead = { state: "dead", finishedAt: now };
        expect(fail(job, { ...oops, fatal: true, delayMs: 5 }, now)).toMatchObject(dead);
      }),
    );
  });

  it("waits as long as it is told to instead of what the backoff says", () => {
    fc.assert(
      fc.property(withAttemptsLeft, instant, span, (job, now, delayMs) => {
        const expected = { state: "failed", runAt: now + delayMs, ready: delayMs === 0 };
        expect(fail(job, { ...oops, delayMs }, now)).toMatchObject(expected);
      }),
    );
  });

  it("waits no longer than to the end of time", () => {
    fc.assert(
      fc.property(withAttemptsLeft, span, (job, delayMs) => {
        const { runAt } = fail(job, { ...oops, delayMs }, MAX_INSTANT - 1);
        expect(runAt).toBe(Math.min(MAX_INSTANT, MAX_INSTANT - 1 + delayMs));
      }),
    );
  });

  it("keeps the record of the failure last, and ten records at the most", () => {
    fc.assert(
      fc.property(runningJobs, instant, (job, now) => {
        const { failures } = fail(job, { kind: "timeout", thrown: "too long" }, now);
        const { attempt } = job;
        const failure = { attempt, at: now, kind: "timeout", name: "Error", message: "too long" };
        expect(failures).toEqual([...job.failures, failure].slice(-MAX_FAILURES));
      }),
    );
  });
});

describe("abandon", () => {
  const neverLost = withAttemptsLeft.map((job) => ({ ...job, failures: [] }));

  it("makes a job due at once when it loses its worker for the first time", () => {
    fc.assert(
      fc.property(neverLost, instant, (job, now) => {
        expect(abandon(job, now)).toMatchObject({ state: "failed", runAt: now, ready: true });
      }),
    );
  });

  it("lets a job wait that has lost a worker before, however it failed since", () => {
    fc.assert(
      fc.property(neverLost, instant, fc.boolean(), (job, now, failsBetween) => {
        const backoff = { kind: "fixed", baseMs: 1_000, jitter: 0 } as const;
        const patient = { ...job, maxAttempts: 99, backoff };
        let held = again(patient, abandon(patient, now));
        if (failsBetween) held = again(held, fail(held, oops, now));
        expect(abandon(held, now)).toMatchObject({ runAt: now + 1_000, ready: false });
      }),
    );
  });

  it("lets such a job wait as long as it is told to instead of what the backoff says", () => {
    fc.assert(
      fc.property(neverLost, instant, span, (job, now, delayMs) => {
        const patient = { ...job, maxAttempts: 99 };
        expect(abandon(patient, now, delayMs)).toMatchObject({ runAt: now, ready: true });
        const held = again(patient, abandon(patient, now));
        expect(abandon(held, now, delayMs)).toMatchObject({ runAt: now + delayMs });
      }),
    );
  });

  it("buries a job that loses its worker on its last attempt", () => {
    fc.assert(
      fc.property(onLastAttempt, instant, (job, now) => {
        expect(abandon(job, now)).toMatchObject({ state: "dead", finishedAt: now });
      }),
    );
  });

  it("says which worker was lost", () => {
    fc.assert(
      fc.property(runningJobs, instant, (job, now) => {
        const message = `worker ${job.worker} was lost while it held the job`;
        const failure = { kind: "abandoned", name: "Abandoned", message, attempt: job.attempt };
        expect(abandon(job, now).failures.at(-1)).toEqual({ ...failure, at: now });
      }),
    );
  });
});

/** The job as it is when it runs again, after a failure. */
function again(job: RunningJob, { failures, attempt }: Pick<RunningJob, "failures" | "attempt">) {
  return { ...job, failures, attempt: attempt + 1 };
}
