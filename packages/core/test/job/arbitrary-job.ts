import fc from "fast-check";
import type { Failure } from "../../src/job/failure.ts";
import type { FinishedJob, Job, NewJob, RunningJob, WaitingJob } from "../../src/job/job.ts";
import { encodeJobId } from "../../src/job/job-id.ts";

/** Any moment of the first 2,000 years or so: far from the end of time, where sums are clamped. */
export const instant = fc.integer({ min: 0, max: 2 ** 46 });

/** A span of up to some years. */
export const span = fc.integer({ min: 0, max: 2 ** 37 });

const failure: fc.Arbitrary<Failure> = fc.record({
  attempt: fc.integer({ min: 1, max: 9 }),
  at: instant,
  kind: fc.constantFrom("error", "timeout", "result", "abandoned"),
  name: fc.string(),
  message: fc.string(),
});

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });

const backoff = fc.record({
  kind: fc.constantFrom("polynomial", "exponential", "fixed"),
  baseMs: fc.integer({ min: 0, max: 100_000 }),
  capMs: fc.integer({ min: 0, max: 2 ** 33 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});

const wish = {
  type: fc.string({ minLength: 1, maxLength: 9 }),
  payload: fc.json(),
  priority: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  runAt: instant,
  maxAttempts: fc.integer({ min: 1, max: 5 }),
  timeoutMs: maybe(fc.integer({ min: 1, max: 2 ** 31 - 1 })),
  backoff: maybe(backoff),
  uniqueKey: maybe(fc.string({ minLength: 1, maxLength: 9 })),
  uniqueUntil: fc.constantFrom("finished" as const, "pruned" as const),
  createdAt: instant,
};

export const newJobs: fc.Arbitrary<NewJob> = fc.record({ ...wish, ready: fc.boolean() });

const common = fc
  .record({
    ...wish,
    seq: fc.integer({ min: 1, max: 2 ** 40 - 1 }),
    revision: fc.integer({ min: 1, max: 2 ** 40 }),
    failures: fc.array(failure, { maxLength: 10 }),
  })
  .map((job) => ({ ...job, id: encodeJobId({ ...job, salt: 7 }) }));

type Common = typeof common extends fc.Arbitrary<infer T> ? T : never;

const attemptOf = ({ maxAttempts }: Common, min: number) => fc.integer({ min, max: maxAttempts });

export const runningJobs: fc.Arbitrary<RunningJob> = common.chain((job) =>
  fc.record({
    ...constants(job),
    state: fc.constant("running"),
    attempt: attemptOf(job, 1),
    worker: fc.integer({ min: 1, max: 99 }),
    claimedAt: instant,
  }),
);

export const waitingJobs: fc.Arbitrary<WaitingJob> = common.chain((job) =>
  fc.oneof(
    fc.record({
      ...constants(job),
      state: fc.constant("pending" as const),
      attempt: fc.constant(0),
      claimedAt: fc.constant(undefined),
      ready: fc.boolean(),
    }),
    fc.record({
      ...constants({ ...job, maxAttempts: job.maxAttempts + 1 }),
      state: fc.constant("failed" as const),
      attempt: attemptOf(job, 1),
      claimedAt: instant,
      ready: fc.boolean(),
    }),
  ),
);

export const finishedJobs: fc.Arbitrary<FinishedJob> = common.chain((job) => {
  const finished = {
    ...constants(job),
    attempt: attemptOf(job, 1),
    claimedAt: instant,
    finishedAt: instant,
  };
  return fc.oneof(
    fc.record({
      ...finished,
      state: fc.constant("completed" as const),
      result: maybe(fc.json()),
    }),
    fc.record({ ...finished, state: fc.constantFrom("dead" as const, "cancelled" as const) }),
  ) as fc.Arbitrary<FinishedJob>;
});

export const anyJobs: fc.Arbitrary<Job> = fc.oneof(waitingJobs, runningJobs, finishedJobs);

type Constants<T> = { [Key in keyof T]: fc.Arbitrary<T[Key]> };

function constants<T extends object>(job: T): Constants<T> {
  const entries = Object.entries(job).map(([key, value]) => [key, fc.constant(value)]);
  return Object.fromEntries(entries) as Constants<T>;
}
