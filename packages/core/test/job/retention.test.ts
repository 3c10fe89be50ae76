import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkRetention,
  DEFAULT_RETENTION,
  isPrunable,
  pruneBefore,
} from "../../src/job/retention.ts";
import { FINISHED_STATES, isFinishedState, JOB_STATES } from "../../src/job/state.ts";
import { anyJobs, finishedJobs, span } from "./arbitrary-job.ts";

const spans = fc.oneof(span, fc.constant(Infinity));
const retentions = fc.record({ completed: spans, dead: spans, cancelled: spans });

describe("retention", () => {
  it("keeps completed and cancelled jobs for a day by default, dead ones for a week", () => {
    expect(DEFAULT_RETENTION).toEqual({
      completed: 86_400_000,
      dead: 604_800_000,
      cancelled: 86_400_000,
    });
  });

  it("lets a finished job go once its state's span is over, and not before", () => {
    fc.assert(
      fc.property(finishedJobs, retentions, (job, retention) => {
        const over = job.finishedAt + retention[job.state];
        const mayGoAt = (now: number) => isPrunable(job, pruneBefore(retention, now));
        if (over === Infinity) expect(mayGoAt(8.64e15)).toBe(false);
        else expect([over - 1, over, over + 1].map(mayGoAt)).toEqual([false, true, true]);
      }),
    );
  });

  it("never lets a job go that is not finished, nor one of a state without an instant", () => {
    fc.assert(
      fc.property(anyJobs, (job) => {
        const always = { completed: Infinity, dead: Infinity, cancelled: Infinity };
        expect(isPrunable(job, always)).toBe(isFinishedState(job.state));
        expect(isPrunable(job, {})).toBe(false);
      }),
    );
  });

  it("counts three states as finished", () => {
    expect(JOB_STATES.filter(isFinishedState)).toEqual(FINISHED_STATES);
  });

  it("fills in the states that are left out", () => {
    const fallback = { completed: 1, dead: 2, cancelled: 3 };
    expect(checkRetention({}, fallback)).toEqual(fallback);
    expect(checkRetention({ dead: Infinity, completed: 0 }, fallback)).toEqual({
      completed: 0,
      dead: Infinity,
      cancelled: 3,
    });
  });

  it.for([
    [{ failed: 1 }, 'retention has completed, dead and cancelled, but not "failed"'],
    [{ dead: -1 }, "retention.dead must be an integer from 0 to 3,153,600,000,000, but is -1"],
    [
      { dead: Number.NaN },
      "retention.dead must be an integer from 0 to 3,153,600,000,000, but is NaN",
    ],
    [
      { completed: "1d" },
      'retention.completed must be an integer from 0 to 3,153,600,000,000, but is "1d"',
    ],
  ] as const)("refuses %o", ([retention, message]) => {
    expect(() => checkRetention(retention as never, DEFAULT_RETENTION)).toThrow(message);
  });
});
