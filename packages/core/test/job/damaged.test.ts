import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bury, damaged, wasDamaged } from "../../src/job/damaged.ts";
import { jobFault, type Remains } from "../../src/job/job-fault.ts";
import { decodeJobId, encodeJobId } from "../../src/job/job-id.ts";
import type { Job } from "../../src/job/job.ts";
import { retry } from "../../src/job/retry.ts";
import { start } from "../../src/job/start.ts";
import { anyJobs, instant, waitingJobs } from "./arbitrary-job.ts";

const FIELDS = (
  "state ready type payload priority runAt attempt maxAttempts timeoutMs backoff uniqueKey uniqueUntil createdAt " +
  "revision claimedAt failures worker finishedAt result"
).split(" ");

const values = fc.oneof(
  fc.anything(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom("pending", "failed", "running", "completed", "dead", "cancelled"),
  fc.array(fc.record({ attempt: fc.nat(), at: fc.nat(), kind: fc.string(), name: fc.string() })),
);

/** A sound job, some of whose fields hold anything. */
const remains: fc.Arbitrary<Remains> = fc
  .tuple(jobs(anyJobs), fc.array(fc.tuple(fc.constantFrom(...FIELDS), values), { minLength: 1 }))
  .map(([job, changes]) => ({ ...job, ...Object.fromEntries(changes) }));

describe("jobFault", () => {
  it("finds nothing wrong with a job", () => {
    fc.assert(fc.property(jobs(anyJobs), (job) => jobFault(job) === undefined));
  });

  it.each<[Partial<Remains>, string]>([
    [{ type: "" }, 'its type is ""'],
    [{ type: "x".repeat(300) }, `its type is "${"x".repeat(40)}"… (300 characters)`],
    [{ payload: null }, "its payload is missing"],
    [{ attempt: 2 ** 60 }, "its attempt is 1152921504606847000"],
    [{ revision: 2 ** 53 }, "its revision is 9007199254740992"],
    [{ backoff: [] }, "its backoff is an array"],
    [{ failures: [null] }, "its failures is an array"],
    [{ state: 99 }, "its state is 99"],
    [{ seq: 2 ** 40 }, "its seq is 1099511627776"],
  ])("says what is wrong: %o", (change, fault) => {
    const [job] = fc.sample(jobs(waitingJobs), { numRuns: 1, seed: 1 });
    expect(jobFault({ ...(job ?? expect.unreachable()), ...change })).toBe(fault);
  });

  it("takes a damaged backoff for none, whatever it found before", () => {
    const [job] = fc.sample(jobs(waitingJobs), { numRuns: 1, seed: 1 });
    const backoff = { baseMs: 5 };
    expect(jobFault({ ...(job ?? expect.unreachable()), backoff })).toBeUndefined();
    backoff.baseMs = -5;
    expect(jobFault({ ...(job ?? expect.unreachable()), backoff })).toMatch(/backoff/);
  });
});

describe("a damaged record", () => {
  it("is read as a job that nobody can claim, whatever is in it", () => {
    fc.assert(
      fc.property(remains, (record) => {
        const job = damaged(record, "its fault");
        expect(jobFault(job)).toBeUndefined();
        expect(["running", "completed", "dead", "cancelled"]).toContain(job.state);
        expect(job.failures.at(-1)).toMatchObject({ kind: "damaged", name: "Damaged" });
        expect(job.failures.at(-1)?.message).toContain("its fault");
        expect(job.failures.length).toBeLessThanOrEqual(10);
      }),
    );
  });

  it("stays completed, cancelled or held where it was, and is dead otherwise", () => {
    fc.assert(
      fc.property(jobs(anyJobs), (job) => {
        const stays = ["running", "completed", "cancelled"].includes(job.state);
        expect(damaged({ ...job, priority: 0.5 }, "").state).toBe(stays ? job.state : "dead");
      }),
    );
  });

  it("keeps all that is sound", () => {
    fc.assert(
      fc.property(jobs(anyJobs), (job) => {
        const { failures, ...kept } = damaged({ ...job, uniqueUntil: "never" }, "its fault");
        const { failures: before, state, uniqueUntil, ...sound } = job;
        const lost = kept.state === state ? [] : ["ready"];
        for (const [name, value] of Object.entries(sound))
          if (!lost.includes(name)) expect(kept).toHaveProperty(name, value);
        expect(failures.slice(0, -1)).toEqual(before.slice(-9));
      }),
    );
  });

  it("says so once, however often it is read", () => {
    fc.assert(
      fc.property(remains, (record) => {
        const once = damaged(record, "its fault");
        expect(damaged(once, "its fault")).toEqual(once);
      }),
    );
  });

  it("is buried as what it is read as, one revision on", () => {
    fc.assert(
      fc.property(remains, instant, (record, now) => {
        const read = damaged(record, "its fault");
        const buried = bury(read, now);
        expect(jobFault(buried)).toBeUndefined();
        expect(wasDamaged(buried)).toBe(true);
        expect(buried.revision).toBe(read.revision + 1);
        expect(buried.state).toBe(read.state === "running" ? "dead" : read.state);
        if (buried.state === "dead") expect(buried.finishedAt).toBe(now);
        else expect(buried).toEqual({ ...read, revision: buried.revision });
      }),
    );
  });

  it("can be retried like any other", () => {
    fc.assert(
      fc.property(remains, instant, (record, now) => {
        const again = retry(bury(damaged(record, "its fault"), now), now);
        expect(jobFault(again)).toBeUndefined();
        expect(jobFault(start(again, 1, now))).toBeUndefined();
      }),
    );
  });
});

describe("an id", () => {
  it("has its form whatever a damaged row says", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (createdAt, seq) => {
        expect(decodeJobId(encodeJobId({ createdAt, salt: 7, seq }))?.salt).toBe(7);
      }),
    );
  });
});

/** Types and keys of those are any text, and no names. */
function jobs<J extends Job>(all: fc.Arbitrary<J>): fc.Arbitrary<J> {
  const named = (job: J): J => ({
    ...job,
    type: `t ${job.priority}`,
    uniqueKey: job.uniqueKey === undefined ? undefined : "k",
  });
  return all.map(named);
}
