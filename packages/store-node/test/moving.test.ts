import {
  decodeJobId,
  defineJobs,
  json,
  MemoryStore,
  newJob,
  Queue,
  StoreMoving,
  type Store,
} from "@turno/core";
import { move } from "@turno/core/move";
import { openSqliteStore, type SqliteNodeStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { startChild } from "./start-child.ts";
import { temporaryFile } from "./temporary-file.ts";

const jobs = defineJobs({ mail: { payload: json<{ to: string }>(), result: json<string>() } });

describe("a queue that moves to another file", () => {
  it("keeps its ids, and works there", async () => {
    const [path, next] = [temporaryFile(), temporaryFile()];
    const before = new Queue({ store: open(path), jobs });
    const done = await before.enqueue("mail", { to: "ana" });
    const [claimed] = await before.claim();
    if (claimed !== undefined) await before.complete(claimed, "sent");
    const waiting = await before.enqueue("mail", { to: "ben" }, { uniqueKey: "ben" });
    await before.close();
    await move(open(path), open(next));
    const after = new Queue({ store: open(next), jobs });
    onTestFinished(() => after.close());
    expect(await after.result(done.id)).toBe("sent");
    expect(await after.enqueue("mail", { to: "ben" }, { uniqueKey: "ben" })).toEqual({
      id: waiting.id,
      added: false,
    });
    after.work({ mail: ({ payload }) => `to ${payload.to}` });
    expect(await after.result(waiting.id)).toBe("to ben");
  });

  it("leaves damaged rows behind as dead jobs that say what was wrong", async () => {
    const path = temporaryFile();
    fill(open(path), 5);
    const stranger = new Database(path);
    stranger.exec("UPDATE turno_jobs SET max_attempts = 0, unique_key = 'k' WHERE seq = 2");
    stranger.exec("UPDATE turno_jobs SET seq = -7 WHERE seq = 3");
    stranger.close();
    const target = open(temporaryFile());
    expect(await move(open(path), target)).toEqual({ jobs: 4, copied: 4, left: 1 });
    expect(target.get([2])).toMatchObject([
      {
        state: "dead",
        failures: [{ kind: "damaged", message: expect.stringContaining("its maxAttempts is 0") }],
      },
    ]);
    expect(await target.counts()).toMatchObject({ pending: 3, dead: 1 });
  });

  it("comes from memory, with large payloads, many jobs and what was pruned", async () => {
    const memory = new MemoryStore();
    fill(memory, 2_300, "x".repeat(3_000));
    const target = open(temporaryFile());
    await move(memory, target);
    expect(await all(target)).toEqual(await all(memory));
  });

  it("goes back to memory", async () => {
    const source = open(temporaryFile());
    fill(source, 60);
    const memory = new MemoryStore();
    await move(source, memory);
    expect(await all(memory)).toEqual(await all(source));
  });
});

it("a caller's transaction writes nothing to a target that is half moved, and has its salt afterwards", async () => {
  const path = temporaryFile();
  const database = new Database(path);
  const queue = new Queue({ store: open(path) });
  onTestFinished(async () => {
    await queue.close();
    database.close();
  });
  const enqueue = database.transaction((fails: boolean) => {
    const ids = [queue.within(database).enqueue("mail"), queue.within(database).enqueue("mail")];
    if (fails) throw new Error("undone");
    return ids.map(({ id }) => decodeJobId(id)?.salt);
  });
  // The caller's connection has seen jobs which then were never there.
  expect(() => enqueue(true)).toThrow("undone");
  const source = new MemoryStore();
  fill(source, 1);
  const target = open(path);
  await target.adopter.begin({ salt: source.salt, paused: [] });
  expect(() => enqueue(false)).toThrow(StoreMoving);
  await move(source, target);
  expect(enqueue(false)).toEqual([source.salt, source.salt]);
});

it("a move whose process is killed again and again ends with every job", async () => {
  const [path, next] = [temporaryFile(), temporaryFile()];
  const source = open(path);
  fill(source, 4_000, "x".repeat(400));
  const before = await all(source);
  const target = open(next);
  let copied = 0;
  for (const some of [0, 1_000, 1_000]) {
    const child = startChild("move", [path, next]);
    // The line is told at the next page: the kill comes somewhere behind it.
    while (Number(await child.line()) < some);
    child.kill("SIGKILL");
    expect(await child.ended).toMatchObject({ signal: "SIGKILL", stderr: "" });
    const { pending } = await target.counts();
    expect(pending % 1_000).toBe(0);
    expect(pending).toBeGreaterThanOrEqual(copied + some);
    copied = pending;
    if (copied > 0) expect(() => fill(target, 1)).toThrow(StoreMoving);
  }
  expect(copied).toBeGreaterThanOrEqual(2_000);
  await move(source, target);
  expect(await all(target)).toEqual(before);
  fill(target, 1);
  expect((await target.list({ limit: 1 }))[0]?.seq).toBe(4_001);
}, 120_000);

function open(path: string) {
  const store = openSqliteStore(path, { durability: "normal" });
  onTestFinished(() => store.close());
  return store;
}

function fill(store: MemoryStore | SqliteNodeStore, count: number, text = ""): void {
  const add = Array.from({ length: count }, (_, at) =>
    newJob("mail", JSON.stringify({ to: `${at}${text}` }), {}, {}, at),
  );
  store.commit({ now: count, add });
}

/** All that there is, the newest first. */
async function all(store: Store): Promise<readonly unknown[]> {
  return [await store.counts(), await store.list({ limit: 10_000 })];
}
