import { defineJobs, json, Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { startChild } from "./start-child.ts";
import { temporaryFile } from "./temporary-file.ts";

const jobs = defineJobs({ mail: { payload: json<{ to: string }>() } });

it("a job is enqueued within a caller's transaction, by plain values", async () => {
  const database = new Database(temporaryFile());
  database.exec("CREATE TABLE users (name TEXT)");
  const queue = new Queue({ store: openSqliteStore(database), jobs });
  onTestFinished(() => queue.close());
  const signUp = database.transaction((name: string, fails: boolean) => {
    database.prepare("INSERT INTO users VALUES (?)").run(name);
    const { added } = queue.within(database).enqueue("mail", { to: name });
    if (fails) throw new Error("changed my mind");
    return added;
  });
  expect(() => signUp("ben", true)).toThrow("changed my mind");
  expect(signUp("ana", false)).toBe(true);
  expect((await queue.list()).jobs).toMatchObject([{ payload: { to: "ana" } }]);
});

it("a job whose process was killed is run again at once, by another that waits with a long lease", async () => {
  const path = temporaryFile();
  const queue = new Queue({ store: openSqliteStore(path), jobs });
  onTestFinished(() => queue.close());
  const { id } = await queue.enqueue("mail", { to: "ana" });
  const child = startChild("work", [path]);
  expect(await child.line()).toBe("started");
  child.kill("SIGKILL");
  await child.ended;
  const killedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<number>();
  queue.work({ mail: ({ attempt }) => resolve(attempt) });
  expect(await promise).toBe(2);
  expect(performance.now() - killedAt).toBeLessThan(5_000);
  expect((await queue.get(id))?.state).not.toBe("dead");
});
