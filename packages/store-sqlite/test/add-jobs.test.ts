import { SqliteStore } from "@turno/store-sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { aJob, jobs } from "./a-job.ts";
import { betterSqlitePort } from "./better-sqlite-port.ts";

let store: SqliteStore;
beforeEach(() => {
  store = new SqliteStore(betterSqlitePort());
});

describe("adding many jobs at once", () => {
  it("numbers them in their order", () => {
    const { added } = store.commit({
      now: 1_000,
      add: jobs(1_000, (index) => ({ payload: `${index}` })),
    });
    expect(new Set(added.map(({ id }) => id)).size).toBe(1_000);
    const stored = store.get(added.map((_, index) => index + 1));
    expect(stored.map((job) => job?.id)).toEqual(added.map(({ id }) => id));
    expect(stored.map((job) => job?.payload)).toEqual(added.map((_, index) => `${index}`));
  });

  it("gives no driver a text of more than two megabytes", () => {
    let longest = 0;
    const port = betterSqlitePort();
    const measured = new SqliteStore({
      ...port,
      prepare(sql) {
        const { all, get, run } = port.prepare(sql);
        const measure = (parameters: readonly unknown[]) => {
          for (const it of parameters) longest = Math.max(longest, Buffer.byteLength(String(it)));
        };
        return {
          all: (...parameters) => (measure(parameters), all(...parameters)),
          get: (...parameters) => (measure(parameters), get(...parameters)),
          run: (...parameters) => (measure(parameters), run(...parameters)),
        };
      },
    });
    const add = jobs(3_000, (index) => ({
      type: "語".repeat(255),
      uniqueKey: `${"鍵".repeat(250)}${index}`,
      payload: JSON.stringify('"'.repeat(1_000)),
    }));
    expect(measured.commit({ now: 1_000, add }).added.every(({ added }) => added)).toBe(true);
    expect(measured.commit({ now: 1_000, add }).added.some(({ added }) => added)).toBe(false);
    expect(longest).toBeGreaterThan(1_000_000);
    expect(longest).toBeLessThan(2_000_000);
  });

  it("lets the first of those with the same key win", () => {
    const keys = ["x", undefined, "x", "y", undefined, "y", "x"];
    const { added } = store.commit({
      now: 1_000,
      add: keys.map((uniqueKey) => aJob({ uniqueKey })),
    });
    expect(added.map((one) => one.added)).toEqual([true, true, false, true, true, false, false]);
    expect(added[2]?.id).toBe(added[0]?.id);
    expect(added[6]?.id).toBe(added[0]?.id);
    expect(added[5]?.id).toBe(added[3]?.id);
    expect(store.counts().pending).toBe(4);
  });

  it("keeps keys of different types apart, however they are spelled", () => {
    const spellings = [
      ["a", "b"],
      ["a'", "b"],
      ['a"', "b"],
      ["1", "2"],
      ["1", "2.0"],
      ["a", "B"],
      ["ä", "b"],
    ];
    const add = spellings.map(([type = "", uniqueKey]) => aJob({ type, uniqueKey }));
    expect(store.commit({ now: 1_000, add }).added.every(({ added }) => added)).toBe(true);
    expect(store.commit({ now: 1_000, add }).added.some(({ added }) => added)).toBe(false);
  });

  it("answers with the holder of a key from an earlier write, in bulk too", () => {
    const add = jobs(500, (index) => ({ uniqueKey: `${index % 250}` }));
    const first = store.commit({ now: 1_000, add: add.slice(0, 100) }).added;
    const second = store.commit({ now: 1_000, add }).added;
    expect(second.slice(0, 100)).toEqual(first.map(({ id }) => ({ id, added: false })));
    expect(second.filter(({ added }) => added)).toHaveLength(150);
    expect(store.counts().pending).toBe(250);
  });
});

describe("values come back as they went", () => {
  it.each([
    ["NUL", JSON.stringify("a\0b")],
    ["half a surrogate pair", JSON.stringify("a\ud800b")],
    ["a key of its own called __proto__", '{"__proto__":{"x":1}}'],
    ["text outside the BMP", JSON.stringify("🎟️ número")],
    ["numbers as they are spelled", "[1e5,1.0,-0,1E+2,0.1]"],
    ["a text of a mebibyte", JSON.stringify("ñ".repeat(500_000))],
    ["deep nesting", `${"[".repeat(256)}${"]".repeat(256)}`],
  ])("%s in a payload", (_, payload) => {
    store.commit({ now: 1_000, add: [aJob({ payload })] });
    expect(store.get([1])[0]?.payload).toBe(payload);
    const worker = store.join({ leaseMs: 30_000 });
    expect(store.commit({ now: 1_000, claim: { worker, limit: 1 } }).claimed[0]?.payload).toBe(
      payload,
    );
  });

  it("settings at their bounds", () => {
    const job = aJob({
      priority: -1_000_000,
      runAt: 8.64e15,
      createdAt: 8.64e15,
      ready: false,
      maxAttempts: 1_000_000,
      timeoutMs: 2 ** 31 - 1,
      backoff: { kind: "exponential", baseMs: 3_153_600_000_000, jitter: 0.123456789 },
      uniqueKey: `"${"ñ".repeat(254)}`,
      uniqueUntil: "pruned",
    });
    store.commit({ now: 8.64e15, add: [job] });
    expect(store.get([1])[0]).toMatchObject(job);
    expect(store.nextDueAt()).toBe(8.64e15);
    const worker = store.join({ leaseMs: 30_000 });
    const [claimed] = store.commit({ now: 8.64e15, claim: { worker, limit: 1 } }).claimed;
    expect(claimed).toMatchObject({ claimedAt: 8.64e15, runAt: 8.64e15, attempt: 1 });
    expect(store.get([1])).toEqual([claimed]);
  });
});
