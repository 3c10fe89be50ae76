import fc from "fast-check";
import { expect, it } from "vitest";
import { holdsKey } from "../../src/job/holds-key.ts";
import { isFinishedState } from "../../src/job/state.ts";
import { anyJobs } from "./arbitrary-job.ts";

it("a job holds its key until it is finished, or until it is pruned", () => {
  fc.assert(
    fc.property(anyJobs, (job) => {
      expect(holdsKey({ ...job, uniqueKey: undefined })).toBe(false);
      expect(holdsKey({ ...job, uniqueKey: "k", uniqueUntil: "pruned" })).toBe(true);
      expect(holdsKey({ ...job, uniqueKey: "k", uniqueUntil: "finished" })).toBe(
        !isFinishedState(job.state),
      );
    }),
  );
});
