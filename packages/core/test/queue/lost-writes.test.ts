import { cancel, complete, type Job, MemoryStore, release, type RunningJob } from "@turno/core";
import { expect, it } from "vitest";
import { LostWrites } from "../../src/store/lost-writes.ts";
import { Patience } from "../../src/store/patience.ts";
import { fresh } from "../fresh.ts";

/** A job that was claimed, and the writes of it whose answers were lost. */
async function claimed() {
  const { queue, memory, clock } = fresh({ memory: new MemoryStore() });
  await queue.enqueue("a");
  const [waiting] = memory.list({ limit: 1 });
  const worker = memory.join({ leaseMs: 1_000 });
  const { claimed } = memory.commit({ now: clock.now(), claim: { worker, limit: 1 } });
  const lost = new LostWrites(memory, new Patience(clock, Math.random));
  const clear = (jobs: readonly Job[]) => {
    lost.add(jobs);
    return lost.clear(
      jobs,
      jobs.map(() => "stale"),
    );
  };
  const write = (job: Job) => memory.commit({ now: clock.now(), replace: [job] });
  return { clear, write, waiting: waiting as Job, running: claimed[0] as RunningJob };
}

it("a write that counted is found beside one of the same job that did not", async () => {
  const { clear, write, waiting, running } = await claimed();
  const released = release(running);
  write(released);
  const stale = cancel(waiting as Parameters<typeof cancel>[0], 0);
  expect(await clear([stale, released])).toEqual(["stale", "written"]);
});

it("of two writes that are the same one counts", async () => {
  const { clear, write, running } = await claimed();
  write(release(running));
  expect(await clear([release(running), release(running)])).toEqual(["written", "stale"]);
});

it("a write does not count where another came first", async () => {
  const { clear, write, running } = await claimed();
  write(release(running));
  expect(await clear([complete(running, undefined, 1)])).toEqual(["stale"]);
});
