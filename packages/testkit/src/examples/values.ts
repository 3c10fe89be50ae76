import {
  complete,
  fail,
  type Job,
  MAX_FAILURES,
  reschedule,
  retry,
  type WaitingJob,
} from "@turno/core";
import { expect } from "vitest";
import type { Bench } from "../bench.ts";
import type { Examples } from "./example.ts";

const MEBIBYTE = 1_048_576;
const LAST_INSTANT = 8.64e15;

const TEXTS = [
  "null",
  '""',
  '{"a" : [ 1,2 ]}',
  '"\\ud800"',
  '"\\u0000 and \\u001f"',
  '"\u2028\u2029\ufeff\ufffd\u007f"',
  '"ñandú 🎟️ 漢字 e\u0301 \u{10ffff}"',
  "12345678901234567890.00",
  "-0",
  "1e999",
  '{"a":1,"a":2,"__proto__":3}',
  "true",
  `"it's \\"quoted\\" \\\\ %s ? $1 :name @name"`,
];

const NAMES = [
  "it's",
  'say "hi"',
  "a\\b",
  "100%_",
  "__proto__",
  "constructor",
  "ñandú 🎟️",
  "e\u0301",
  "'; DROP TABLE turno_jobs; --",
  "?1 :a $b",
  "0",
  " ",
  "[a]",
  "x".repeat(255),
  "漢".repeat(255),
];

export const values: Examples = {
  "a payload is kept character by character": async (bench) => {
    const worker = await bench.join();
    const seqs = await bench.add(...TEXTS.map((payload) => ({ payload })));
    expect((await bench.store.get(seqs)).map((job) => job?.payload)).toEqual(TEXTS);
    const claimed = await bench.claim(worker, { limit: 100 });
    expect(claimed.map(({ payload }) => payload)).toEqual(TEXTS);
  },

  "a result is kept character by character": async (bench) => {
    const worker = await bench.join();
    await bench.add(...TEXTS.map(() => ({})));
    const held = await bench.claim(worker, { limit: 100 });
    await bench.replace(...held.map((job, index) => complete(job, TEXTS[index], bench.now)));
    const results = (await bench.all()).map((job) => "result" in job && job.result);
    expect(results.reverse()).toEqual(TEXTS);
  },

  "a payload and a result of 1 MiB are kept": async (bench) => {
    const worker = await bench.join();
    const ascii = `"${"a".repeat(MEBIBYTE - 2)}"`;
    const wide = `"${"漢".repeat((MEBIBYTE - 2) / 3)}"`;
    const held = await bench.running(worker, { payload: wide });
    expect(held.payload === wide).toBe(true);
    await bench.replace(complete(held, ascii, bench.now));
    const job = await bench.find(held.seq);
    expect(job.payload === wide && "result" in job && job.result === ascii).toBe(true);
  },

  "a type may have any name": async (bench) => {
    const worker = await bench.join();
    await bench.add(...NAMES.map((type) => ({ type })));
    expect((await bench.all()).map(({ type }) => type).reverse()).toEqual(NAMES);
    for (const type of NAMES) {
      expect((await bench.store.list({ types: [type], limit: 10 })).length).toBe(1);
      await bench.store.pause({ type, paused: true });
      expect(await bench.claim(worker, { types: [type] })).toEqual([]);
      await bench.store.pause({ type, paused: false });
      expect(await bench.claim(worker, { types: [type] })).toMatchObject([{ type }]);
    }
  },

  "a unique key may have any name": async (bench) => {
    const seqs = await bench.add(...NAMES.map((uniqueKey) => ({ uniqueKey })));
    expect((await bench.store.get(seqs)).map((job) => job?.uniqueKey)).toEqual(NAMES);
    expect(await bench.add(...NAMES.map((uniqueKey) => ({ uniqueKey })))).toEqual(seqs);
  },

  "numbers are kept at their limits": async (bench) => {
    const worker = await bench.join();
    const low = { priority: -1_000_000, runAt: 0, maxAttempts: 1, timeoutMs: 1, createdAt: 0 };
    const high = {
      priority: 1_000_000,
      runAt: LAST_INSTANT,
      ready: true,
      maxAttempts: 1_000_000,
      timeoutMs: 2_147_483_647,
      createdAt: LAST_INSTANT,
      backoff: { kind: "fixed", baseMs: 3_153_600_000_000, capMs: 0, jitter: 0.1 + 0.2 },
    } as const;
    const [a = 0, b = 0] = await bench.add(low, high);
    expect(await bench.store.get([a, b])).toMatchObject([low, high]);
    bench.now = LAST_INSTANT;
    const claimed = await bench.claim(worker);
    const start = { claimedAt: LAST_INSTANT, worker };
    const { ready: _, ...stays } = high;
    expect(claimed).toMatchObject([
      { ...stays, ...start },
      { ...low, ...start },
    ]);
  },

  "an instant at the end of time is due then, and not before": async (bench) => {
    const worker = await bench.join();
    const [seq] = await bench.add({ runAt: LAST_INSTANT });
    expect(await bench.store.nextDueAt()).toBe(LAST_INSTANT);
    expect(await bench.claim(worker)).toEqual([]);
    bench.now = LAST_INSTANT;
    expect(await bench.claimedSeqs(worker)).toEqual([seq]);
  },

  "an instant at the beginning of time is an instant": async (bench) => {
    const held = await bench.running(await bench.join(), { runAt: 0, createdAt: 0 });
    bench.now = 0;
    const failed = fail(held, { kind: "timeout", thrown: "oops", delayMs: 7 }, 0);
    await bench.replace(failed);
    expect(await bench.find(held.seq)).toEqual(failed);
    expect(await bench.store.nextDueAt()).toBe(7);
  },

  "an absent setting stays absent, a zero stays a zero": async (bench) => {
    const [a = 0, b = 0] = await bench.add(
      { backoff: { baseMs: 0, jitter: 0 } },
      { timeoutMs: undefined, backoff: undefined, uniqueKey: undefined },
    );
    expect((await bench.find(a)).backoff).toEqual({ baseMs: 0, jitter: 0 });
    const bare = await bench.find(b);
    expect([bare.timeoutMs, bare.backoff, bare.uniqueKey, bare.claimedAt]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  },

  "failures are kept whole, up to ten of them": async (bench) => {
    const worker = await bench.join();
    let job: Job = await bench.running(worker);
    for (let count = 0; count < 12; count++) {
      const error = new TypeError(`no. ${count} "quoted" ${"漢".repeat(2_000)}`, { cause: "🎟️" });
      const kind = count % 2 === 0 ? "error" : "abandoned";
      if (job.state !== "running") throw new Error("a claimed job is running");
      const failed = fail(job, { kind, thrown: error, delayMs: 0 }, bench.now + count);
      await bench.replace(failed);
      expect(await bench.find(job.seq)).toEqual(failed);
      [job = failed] = await bench.claim(worker);
    }
    expect(job.failures.length).toBe(MAX_FAILURES);
  },

  "a revision goes on rising, however often a job is written": async (bench) => {
    const [seq = 0] = await bench.add({});
    for (let count = 0; count < 300; count++) {
      const job = (await bench.find(seq)) as WaitingJob;
      expect(job.revision).toBe(count + 1);
      await bench.replace(reschedule(job, bench.now + count, bench.now));
    }
  },

  "who changes what was handed out changes nothing of what is stored": async (bench) => {
    const worker = await bench.join();
    const held = await bench.running(worker, { backoff: { baseMs: 5 } });
    await bench.replace(fail(held, { kind: "error", thrown: "oops", delayMs: 0 }, bench.now));
    const stored = await snapshot(bench);
    spoil(await bench.store.list({ limit: 10 }));
    spoil(await bench.store.get([held.seq]));
    expect(await snapshot(bench)).toBe(stored);
    const claimed = await bench.claim(worker);
    const paused = await bench.store.pause({ type: "mail", paused: true });
    const running = await snapshot(bench);
    spoil(claimed);
    spoil(paused);
    expect(await snapshot(bench)).toBe(running);
  },

  "who changes what was handed in changes nothing of what is stored": async (bench) => {
    const wish = bench.newJob({ backoff: { baseMs: 5 } });
    await bench.store.commit({ now: bench.now, add: [wish] });
    const added = await snapshot(bench);
    spoil([wish]);
    expect(await snapshot(bench)).toBe(added);
    const [job] = (await bench.all()) as WaitingJob[];
    if (job === undefined) throw new Error("there is a job");
    const again = { ...retry(job, bench.now), backoff: { baseMs: 6 } };
    await bench.replace(again);
    const written = await snapshot(bench);
    spoil([again]);
    expect(await snapshot(bench)).toBe(written);
  },
};

async function snapshot(bench: Bench): Promise<string> {
  return JSON.stringify([await bench.all(), await bench.store.pause(), await bench.store.counts()]);
}

/** Overwrites all that can be overwritten; a frozen object refuses, which is as good. */
function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) spoil(inner);
  for (const key of Object.keys(value)) Reflect.set(value, key, "spoiled");
  if (Array.isArray(value) && !Object.isFrozen(value)) value.push("spoiled");
}
