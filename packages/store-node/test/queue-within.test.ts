import { defineJobs, json, LeaseLost, Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFile } from "./temporary-file.ts";

const jobs = defineJobs({
  square: {
    payload: json<number>(),
    result: json<number>(),
    maxAttempts: 3,
    backoff: { kind: "fixed", baseMs: 1 },
  },
});

/** A queue, and a connection of the caller's to the same file: the one it was opened with, or another. */
function opened({ handedIn }: { readonly handedIn: boolean }) {
  const path = temporaryFile();
  const database = new Database(path);
  database.exec("CREATE TABLE squares (job TEXT, of INTEGER)");
  const queue = new Queue({ store: openSqliteStore(handedIn ? database : path), jobs });
  onTestFinished(() => queue.close());
  const insert = (job: string, of: number) =>
    void database.prepare("INSERT INTO squares VALUES (?, ?)").run(job, of);
  const rows = () => database.prepare("SELECT of FROM squares").pluck().all();
  return { database, queue, insert, rows };
}

describe.each([{ handedIn: true }, { handedIn: false }])(
  "within a caller's transaction, on a connection that was handed in: $handedIn,",
  (options) => {
    it("a job of a nested transaction goes with that one", async () => {
      const { database, queue } = opened(options);
      const inner = database.transaction((payload: number) => {
        queue.within(database).enqueue("square", payload);
        if (payload === 2) throw new Error("not this one");
      });
      const outer = database.transaction(() => {
        inner(1);
        expect(() => inner(2)).toThrow("not this one");
        inner(3);
      });
      outer.immediate();
      expect((await queue.list()).jobs.map(({ payload }) => payload)).toEqual([3, 1]);
    });

    it("a job that was completed in a nested transaction that was rolled back is still held", async () => {
      const { database, queue } = opened(options);
      const { id } = await queue.enqueue("square", 3);
      const [job] = await queue.claim();
      const inner = database.transaction(() => {
        queue.within(database).complete(job!, 8);
        throw new Error("wrong");
      });
      const outer = database.transaction(() => {
        expect(inner).toThrow("wrong");
        return queue.within(database).complete(job!, 9);
      });
      outer.immediate();
      expect(await queue.get(id)).toMatchObject({ state: "completed", result: 9 });
    });

    it("a taken unique key gives its holder, and is free again after a rollback", () => {
      const { database, queue } = opened(options);
      const enqueue = (payload: number) =>
        queue.within(database).enqueue("square", payload, { uniqueKey: "k" });
      const twice = database.transaction((fails: boolean) => {
        const [first, second] = [enqueue(1), enqueue(2)];
        expect(second).toEqual({ id: first.id, added: false });
        if (fails) throw new Error("rolled back");
        return first;
      });
      expect(() => twice.immediate(true)).toThrow("rolled back");
      const first = twice.immediate(false);
      expect(first.added).toBe(true);
      const again = database.transaction(() => enqueue(3)).immediate();
      expect(again).toEqual({ id: first.id, added: false });
    });

    it("a unique key is free for another job once its holder is completed there", async () => {
      const { database, queue } = opened(options);
      await queue.enqueue("square", 1, { uniqueKey: "k" });
      const [job] = await queue.claim();
      const replace = database.transaction(() => {
        queue.within(database).complete(job!, 1);
        return queue.within(database).enqueue("square", 2, { uniqueKey: "k" });
      });
      expect(replace.immediate()).toMatchObject({ added: true });
    });

    it("nothing is left of what an asynchronous function did", async () => {
      const { database, queue, insert, rows } = opened(options);
      const late: unknown[] = [];
      const write = database.transaction(async () => {
        insert("before", 1);
        queue.within(database).enqueue("square", 1);
        await Promise.resolve();
        try {
          queue.within(database).enqueue("square", 2);
        } catch (error) {
          late.push(error);
        }
      });
      expect(() => void write.immediate()).toThrow(/cannot return a promise/);
      await Promise.resolve();
      expect(late).toMatchObject([{ message: expect.stringContaining("none is open") }]);
      expect([rows(), (await queue.list()).jobs]).toEqual([[], []]);
    });

    it("it is written before what the queue itself has to write, which waits", async () => {
      const { database, queue } = opened(options);
      database.exec("BEGIN IMMEDIATE");
      let isStored = false;
      const own = queue.enqueue("square", 1).then((given) => {
        isStored = true;
        return given;
      });
      await new Promise(setImmediate);
      queue.within(database).enqueue("square", 2);
      expect(isStored).toBe(false);
      database.exec("COMMIT");
      await own;
      expect((await queue.list()).jobs.map(({ payload }) => payload)).toEqual([1, 2]);
    });

    it("what the queue itself has to write is stored though that is rolled back", async () => {
      const { database, queue } = opened(options);
      database.exec("BEGIN IMMEDIATE");
      const own = queue.enqueue("square", 1);
      await new Promise(setImmediate);
      queue.within(database).enqueue("square", 2);
      database.exec("ROLLBACK");
      await own;
      expect((await queue.list()).jobs.map(({ payload }) => payload)).toEqual([1]);
    });

    it("a job that was cancelled meanwhile takes the caller's rows back with it", async () => {
      const { database, queue, insert, rows } = opened(options);
      const { id } = await queue.enqueue("square", 3);
      const [job] = await queue.claim();
      await queue.cancel(id);
      const write = database.transaction(() => {
        insert(id, 3);
        queue.within(database).complete(job!, 9);
      });
      expect(() => write.immediate()).toThrow(LeaseLost);
      expect(rows()).toEqual([]);
      expect((await queue.get(id))?.state).toBe("cancelled");
    });
  },
);

describe.each([{ handedIn: true }, { handedIn: false }])(
  "a handler whose transaction was rolled back, on a connection that was handed in: $handedIn,",
  (options) => {
    it.each([
      { ending: "throws", failure: "changed my mind" },
      { ending: "returns what complete gave", failure: "was not committed" },
    ])(
      "fails the attempt where it $ending, and its effects are those of the next",
      async ({ ending, failure }) => {
        const { database, queue, insert, rows } = opened(options);
        const { id } = await queue.enqueue("square", 3);
        const worker = queue.work({
          square: (job) => {
            database.exec("BEGIN IMMEDIATE");
            insert(job.id, job.payload);
            const settled = queue.within(database).complete(job, job.attempt);
            database.exec(job.attempt === 1 ? "ROLLBACK" : "COMMIT");
            if (job.attempt === 1 && ending === "throws") throw new Error("changed my mind");
            return settled;
          },
        });
        await new Promise((resolve) => worker.on("completed", resolve));
        const job = await queue.get(id);
        expect(job).toMatchObject({ state: "completed", result: 2, attempt: 2 });
        expect(job?.failures).toMatchObject([{ message: expect.stringContaining(failure) }]);
        expect(rows()).toEqual([3]);
      },
    );

    it("completes its job with what else it returns", async () => {
      const { database, queue, insert, rows } = opened(options);
      const { id } = await queue.enqueue("square", 3);
      const worker = queue.work({
        square: (job) => {
          database.exec("BEGIN IMMEDIATE");
          insert(job.id, job.payload);
          queue.within(database).complete(job, 8);
          database.exec("ROLLBACK");
          return 9;
        },
      });
      await new Promise((resolve) => worker.on("completed", resolve));
      expect(await queue.get(id)).toMatchObject({ state: "completed", result: 9, attempt: 1 });
      expect(rows()).toEqual([]);
    });
  },
);
