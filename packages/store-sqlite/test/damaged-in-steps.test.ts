import { complete } from "@turno/core";
import type { SqliteStore } from "@turno/store-sqlite";
import type Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { aJob, jobs } from "./a-job.ts";
import { LARGEST, NOW, sharedFile, SMALLEST } from "./shared-file.ts";

let on: ReturnType<typeof sharedFile>;
let store: SqliteStore;
let stranger: Database.Database;
beforeEach(() => {
  on = sharedFile();
  ({ store, stranger } = on);
});

describe("the walk that looks for damage", () => {
  it("names 100, counts all, and writes nothing", () => {
    store.commit({ now: 1_000, add: jobs(1_000, (at) => ({ payload: big(at % 600) })) });
    stranger.exec("UPDATE turno_jobs SET unique_until = 7 WHERE seq % 2 = 0");
    const before = stranger.pragma("data_version");
    const { rows, count } = on.damaged();
    expect([rows.length, count]).toEqual([100, 500]);
    expect(rows[0]).toEqual({ seq: 1_000, type: "a", fault: "its uniqueUntil is 7" });
    expect(stranger.pragma("data_version")).toEqual(before);
  });

  it("finds what nobody meets: no worker, no instant, a key that is held by mistake", () => {
    store.commit({ now: 1_000, add: jobs(5, (at) => ({ uniqueKey: `${at}` })) });
    on.claim({ limit: 3 });
    on.damage(1, "worker = NULL");
    on.damage(2, "claimed_at = NULL");
    on.damage(3, "state = 3, worker = NULL");
    on.damage(4, "ready = NULL");
    on.damage(5, "holds_key = 0");
    expect(on.damaged().rows.map(({ fault }) => fault)).toEqual([
      "its holds_key is 0, though it is pending",
      "its ready is missing",
      "its finishedAt is missing",
      "its claimedAt is missing",
      "its worker is missing",
    ]);
  });
});

describe.for(["0", "-5", SMALLEST, "1099511627776", "9007199254740993", LARGEST])(
  "a row with the number %s, which no id can carry",
  (seq) => {
    beforeEach(() => {
      store.commit({ now: 1_000, add: [...jobs(3), ...jobs(9, (at) => ({ type: `t${at}` }))] });
      on.damage(2, `seq = ${seq}`);
    });

    it("is buried, and is in nobody's way", () => {
      expect(on.damaged().rows[0]?.fault).toMatch(/seq is/);
      expect(store.list({ limit: 20 })).toHaveLength(11);
      expect(on.claim({ limit: 1 }).map(({ seq: one }) => one)).toEqual([1]);
      expect(on.claim({ limit: 20 })).toHaveLength(10);
      const state = stranger.prepare(`SELECT state FROM turno_jobs WHERE seq = ${seq}`);
      expect(state.pluck().get()).toBe(4);
    });

    it("changes no number of those to come", () => {
      const [alone] = store.commit({ now: 1_000, add: [aJob()] }).added;
      const [large] = store.commit({ now: 1_000, add: [aJob({ payload: big(1_000) })] }).added;
      expect([alone?.id.slice(-10), large?.id.slice(-10)]).toEqual(["000000000d", "000000000e"]);
      expect(store.get([13, 14]).map((job) => job?.id)).toEqual([alone?.id, large?.id]);
    });

    it("keeps the newest job from being pruned, which gives its number", () => {
      const claimed = on.claim({ limit: 20 });
      store.commit({ now: NOW, replace: claimed.map((job) => complete(job, undefined, NOW)) });
      store.prune({ before: { completed: NOW, dead: NOW }, limit: 20 });
      expect(store.list({ limit: 5 }).map((job) => job.seq)).toEqual([12]);
    });
  },
);

function big(length: number): string {
  return JSON.stringify("x".repeat(length));
}
