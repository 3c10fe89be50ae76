import v8 from "node:v8";
import { expect, it } from "vitest";
import { HeldJob } from "../../src/worker/held-job.ts";
import { fresh } from "../fresh.ts";

// Not in every Node that is supported.
it.skipIf(v8.queryObjects === undefined)(
  "a worker keeps nothing of the jobs that it has done, and little while it is at work",
  async () => {
    const { queue, clock, memory } = fresh();
    const kept = () => v8.queryObjects(HeldJob, { format: "count" });
    const counted: number[] = [];
    let runs = 0;
    queue.work({
      a: () => {
        if (++runs % 1_000 === 500) counted.push(kept());
      },
    });
    for (let round = 1; round <= 4; round++) {
      await queue.enqueueMany(Array.from({ length: 1_000 }, () => ({ type: "a" })));
      await clock.until(() => memory.counts().completed === round * 1_000);
    }
    expect(counted).toHaveLength(4);
    // Those at work, those claimed ahead, and those that are being settled.
    expect(Math.max(...counted)).toBeLessThan(1_500);
    await clock.advance(1_000);
    expect(kept()).toBeLessThan(5);
  },
);
