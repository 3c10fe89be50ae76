import { fail, release, reschedule, snooze, type WaitingJob } from "@turno/core";
import { expect } from "vitest";
import type { Bench } from "../bench.ts";
import type { Examples } from "./example.ts";

export const due: Examples = {
  "a job that is not ready is claimed only once it is due, at its very instant": async (bench) => {
    const worker = await bench.join();
    const [seq] = await bench.add({ runAt: bench.now + 1_000 });
    expect(await bench.claim(worker)).toEqual([]);
    bench.now += 999;
    expect(await bench.claim(worker)).toEqual([]);
    bench.now += 1;
    expect(await bench.claimedSeqs(worker)).toEqual([seq]);
  },

  "a failed or snoozed job waits until it is due": async (bench) => {
    const worker = await bench.join();
    const one = await bench.running(worker);
    const two = await bench.running(worker);
    await bench.replace(
      fail(one, { kind: "error", thrown: "oops", delayMs: 1_000 }, bench.now),
      snooze(two, bench.now + 500, bench.now),
    );
    expect(await bench.claim(worker)).toEqual([]);
    bench.now += 499;
    expect(await bench.claim(worker)).toEqual([]);
    bench.now += 1;
    expect(await bench.claimedSeqs(worker)).toEqual([two.seq]);
    bench.now += 499;
    expect(await bench.claim(worker)).toEqual([]);
    bench.now += 1;
    expect(await bench.claimedSeqs(worker)).toEqual([one.seq]);
  },

  "a released job is claimed at once and stands where it stood": async (bench) => {
    const worker = await bench.join();
    const held = await bench.running(worker, { runAt: bench.now - 10 });
    await bench.add({ runAt: bench.now - 5 });
    bench.now -= 100;
    await bench.replace(release(held));
    expect(await bench.claimedSeqs(worker, { limit: 1 })).toEqual([held.seq]);
  },

  "what is due when a claim begins takes its place by priority": async (bench) => {
    const worker = await bench.join();
    const [low, high] = await bench.add({}, { priority: 1, runAt: bench.now + 1 });
    bench.now += 1;
    expect(await bench.claimedSeqs(worker)).toEqual([high, low]);
  },

  "no clock takes readiness back from a job that was added ready": async (bench) => {
    const worker = await bench.join();
    const [seq] = await bench.add({});
    bench.now -= 86_400_000;
    expect(await bench.claimedSeqs(worker)).toEqual([seq]);
  },

  "no clock takes readiness back from a job that became due": async (bench) => {
    const worker = await bench.join();
    await bench.store.pause({ type: "mail", paused: true });
    const [seq] = await bench.add({ runAt: bench.now + 1_000 });
    bench.now += 1_000;
    expect(await bench.claim(worker)).toEqual([]);
    bench.now -= 86_400_000;
    await bench.store.pause({ type: "mail", paused: false });
    expect(await bench.claimedSeqs(worker)).toEqual([seq]);
  },

  "a job is ready only by a claim, however late it is": async (bench) => {
    const worker = await bench.join();
    const [seq = 0] = await bench.add({ runAt: bench.now + 1_000 });
    bench.now += 2_000;
    expect(await bench.find(seq)).toMatchObject({ ready: false });
    bench.now -= 2_000;
    expect(await bench.claim(worker)).toEqual([]);
  },

  "becoming due changes nothing of a job but its readiness": async (bench) => {
    const worker = await bench.join();
    const [seq = 0] = await bench.add({ runAt: bench.now + 1 });
    const before = await bench.find(seq);
    bench.now += 1;
    await bench.claim(worker, { types: ["thumbnail"] });
    expect(await bench.find(seq)).toEqual({ ...before, ready: true });
  },

  "a claim makes jobs of every type ready, those it does not ask for too": async (bench) => {
    const worker = await bench.join();
    await bench.add({ runAt: bench.now + 1 }, { type: "thumbnail", runAt: bench.now + 1 });
    bench.now += 1;
    await bench.claim(worker, { types: ["mail"], limit: 1 });
    expect(await bench.all()).toMatchObject([{ type: "thumbnail", ready: true }, { type: "mail" }]);
  },

  "a claim makes up to a thousand due jobs ready, the earliest first": async (bench) => {
    const worker = await bench.join();
    // 787 has no divisor in common with 1,200: every instant from 1 to 1,200 comes once.
    const wishes = Array.from({ length: 1_200 }, (_, index) => ({
      runAt: bench.now + 1 + ((index * 787) % 1_200),
    }));
    await bench.add(...wishes, { type: "thumbnail", runAt: bench.now });
    const start = bench.now;
    bench.now += 2_000;
    await bench.claim(worker, { types: ["thumbnail"] });
    expect(await readyInstants(bench)).toEqual(
      Array.from({ length: 1_000 }, (_, i) => start + 1 + i),
    );
    await bench.claim(worker, { types: ["thumbnail"] });
    expect((await readyInstants(bench)).length).toBe(1_200);
  },

  "a late job of high priority waits its turn to become ready": async (bench) => {
    const worker = await bench.join();
    const early = Array.from({ length: 1_000 }, () => ({ runAt: bench.now + 1 }));
    const seqs = await bench.add({ priority: 9, runAt: bench.now + 2 }, ...early);
    bench.now += 2;
    expect(await bench.claimedSeqs(worker, { limit: 1 })).toEqual([seqs[1]]);
    expect(await bench.claimedSeqs(worker, { limit: 1 })).toEqual([seqs[0]]);
  },

  "nextDueAt is the earliest runAt of the jobs that are not ready": async (bench) => {
    const { store, now } = bench;
    const worker = await bench.join();
    expect(await store.nextDueAt()).toBeUndefined();
    const [, soon = 0] = await bench.add(
      { runAt: now + 9_000 },
      { runAt: now + 1_000 },
      { runAt: now - 1 },
    );
    expect(await store.nextDueAt()).toBe(now + 1_000);
    await bench.replace(reschedule((await bench.find(soon)) as WaitingJob, now + 20_000, now));
    expect(await store.nextDueAt()).toBe(now + 9_000);
    bench.now += 9_000;
    await bench.claim(worker);
    expect(await store.nextDueAt()).toBe(now + 20_000);
    bench.now += 20_000;
    await bench.claim(worker);
    expect(await store.nextDueAt()).toBeUndefined();
  },

  "nextDueAt is past when a due job was not yet made ready": async (bench) => {
    await bench.add({ runAt: bench.now + 1 });
    bench.now += 1_000;
    expect(await bench.store.nextDueAt()).toBe(bench.now - 999);
  },

  "a paused type is due like any other": async (bench) => {
    await bench.store.pause({ type: "mail", paused: true });
    await bench.add({ runAt: bench.now + 1 });
    expect(await bench.store.nextDueAt()).toBe(bench.now + 1);
  },
};

async function readyInstants(bench: Bench): Promise<number[]> {
  const ready = (await bench.all()).filter(
    (job) => job.type === "mail" && "ready" in job && job.ready,
  );
  return ready.map(({ runAt }) => runAt).sort((a, b) => a - b);
}
