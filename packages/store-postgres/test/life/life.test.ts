import { setTimeout as sleep } from "node:timers/promises";
import type { BeatReply, NewJob, WorkerRecord } from "@turno/core";
import {
  openPostgresStore,
  type OpenPostgresOptions,
  type PostgresStore,
} from "@turno/store-postgres";
import pg from "pg";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { freshSchema, needPostgres } from "../postgres-url.ts";
import { startChild } from "../start-child.ts";

/** Servers and processes have their own pace. */
const LONG = { timeout: 60_000 };
const WAIT = { timeout: 15_000, interval: 50 };

let place: ReturnType<typeof freshSchema>;
let store: PostgresStore;
beforeEach(async (context) => {
  needPostgres(context);
  place = freshSchema();
  store = await open();
  return () => store.close();
});

describe("a worker of another process", LONG, () => {
  it("is gone some seconds after it was killed, long before its lease has ended", async () => {
    const child = startChild("beat", place.url, place.schema);
    const id = Number(await child.line());
    expect(await record(id)).toMatchObject({ gone: false });
    child.kill("SIGKILL");
    await child.ended;
    await vi.waitFor(async () => expect(await record(id)).toMatchObject({ gone: true }), WAIT);
  });

  it("is not gone while it is stopped, though it does not beat", async () => {
    const child = startChild("beat", place.url, place.schema);
    const id = Number(await child.line());
    child.kill("SIGSTOP");
    for (let look = 0; look < 8; look++) {
      await sleep(500);
      expect(await record(id)).toMatchObject({ gone: false });
    }
    child.kill("SIGCONT");
  });

  it("beats while a handler holds up its event loop", async () => {
    const child = startChild("beat", place.url, place.schema);
    const id = Number(await child.line());
    child.tell("block");
    await sleep(300);
    const { beat = 0 } = (await record(id)) ?? {};
    await sleep(1_000);
    expect((await record(id))?.beat).toBeGreaterThan(beat + 2);
    expect(await child.line()).toBe("done");
  });

  it("is not gone after its connection was cut, and is seen to be there again", async () => {
    const child = startChild("beat", place.url, place.schema);
    const id = Number(await child.line());
    await cutSessions();
    await vi.waitFor(async () => expect(await locksHeld()).toBe(1), WAIT);
    for (let look = 0; look < 8; look++) {
      expect(await record(id)).toMatchObject({ gone: false });
      await sleep(500);
    }
    child.kill("SIGKILL");
    await vi.waitFor(async () => expect(await record(id)).toMatchObject({ gone: true }), WAIT);
  });
});

describe("a heart", LONG, () => {
  it("beats, and tells what its worker holds", async () => {
    const worker = await store.join({ leaseMs: 600 });
    await store.commit({ now: 1, add: [job()], claim: { worker, limit: 1 } });
    const replies: BeatReply[] = [];
    const heart = store.heart?.(worker, {
      everyMs: 20,
      onReply: (reply) => replies.push(reply),
      onError: unexpected,
    });
    await vi.waitFor(() => expect(replies.length).toBeGreaterThan(2), WAIT);
    await heart?.stop();
    expect(replies[0]).toEqual({ known: true, holds: [{ seq: 1, revision: 2 }] });
    const told = replies.length;
    await sleep(200);
    expect(replies.length).toBeLessThanOrEqual(told + 1);
  });

  it("tells of a server that cannot be reached, and beats on when it can", async () => {
    const worker = await store.join({ leaseMs: 600 });
    const codes: string[] = [];
    const beats: BeatReply[] = [];
    store.heart?.(worker, {
      everyMs: 20,
      onReply: (reply) => beats.push(reply),
      onError: (error) => codes.push((error as { code: string }).code),
    });
    await vi.waitFor(() => expect(beats.length).toBeGreaterThan(0), WAIT);
    await cutSessions();
    const before = beats.length;
    await vi.waitFor(() => expect(beats.length).toBeGreaterThan(before + 2), WAIT);
    expect([...new Set(codes)]).toEqual(codes.length === 0 ? [] : ["StoreUnreachable"]);
  });

  it("falls silent, and lets go of its sign, when a handler is too late and nobody hears it", async () => {
    const child = startChild("beat", place.url, place.schema);
    const id = Number(await child.line());
    expect(await locksHeld()).toBe(1);
    child.tell("be late");
    await vi.waitFor(async () => expect(await locksHeld()).toBe(0), WAIT);
    const { beat } = (await record(id)) ?? {};
    await sleep(300);
    expect((await record(id))?.beat).toBe(beat);
    expect(await child.line()).toBe("done");
    await vi.waitFor(async () => expect(await locksHeld()).toBe(1), WAIT);
  });
});

describe("a bell", LONG, () => {
  it("is heard by other stores, and not by who rings it", async () => {
    const other = await open();
    const heard = { ready: 0, finished: 0, own: 0 };
    using _ready = other.watch?.(() => heard.ready++);
    using _finished = other.watch?.(() => heard.finished++, "finished");
    using _own = store.watch?.(() => heard.own++);
    await listening(2);
    // A session that has just come tells everybody to look.
    await sleep(50);
    Object.assign(heard, { ready: 0, finished: 0, own: 0 });
    await store.commit({ now: 1, add: [job()] });
    await vi.waitFor(() => expect(heard).toEqual({ ready: 1, finished: 0, own: 0 }), WAIT);
  });

  it("is heard by its own store too when a caller commits what was written inside his transaction", async () => {
    let rung = 0;
    using _watch = store.watch?.(() => rung++);
    await listening(1);
    await sleep(50);
    rung = 0;
    const client = new pg.Client(place.url);
    await client.connect();
    await client.query("BEGIN");
    await store.within(client).commit({ now: 1, add: [job()] });
    await sleep(200);
    expect(rung).toBe(0);
    await client.query("COMMIT");
    await client.end();
    await vi.waitFor(() => expect(rung).toBe(1), WAIT);
  });

  it("rings once more, a moment later, for what was written meanwhile", async () => {
    const other = await open();
    let rung = 0;
    using _watch = other.watch?.(() => rung++);
    await listening(1);
    await sleep(50);
    rung = 0;
    for (let count = 0; count < 10; count++) await store.commit({ now: 1, add: [job()] });
    await vi.waitFor(() => expect(rung).toBeGreaterThan(1), WAIT);
    await sleep(100);
    expect(rung).toBeLessThan(10);
  });

  it("rings for everybody who listens anew after the connection was cut", async () => {
    let rung = 0;
    using _watch = store.watch?.(() => rung++);
    await listening(1);
    await sleep(50);
    rung = 0;
    await cutSessions();
    await vi.waitFor(() => expect(rung).toBe(1), WAIT);
    const other = await open();
    await other.commit({ now: 1, add: [job()] });
    await vi.waitFor(() => expect(rung).toBe(2), WAIT);
  });
});

describe("without a connection that stays", LONG, () => {
  it("nothing listens and no lock is held, but the heart beats", async () => {
    const pooled = await open({ listen: false, prepare: false });
    const worker = await pooled.join({ leaseMs: 600 });
    const replies: BeatReply[] = [];
    pooled.heart?.(worker, {
      everyMs: 20,
      onReply: (reply) => replies.push(reply),
      onError: unexpected,
    });
    using _watch = pooled.watch?.(() => {});
    await vi.waitFor(() => expect(replies.length).toBeGreaterThan(1), WAIT);
    expect(await locksHeld()).toBe(0);
    expect(await sessions()).toBe(0);
    await sleep(4_000);
    expect(await record(worker)).toMatchObject({ gone: false });
  });
});

async function open(options: OpenPostgresOptions = {}): Promise<PostgresStore> {
  const opened = await openPostgresStore(place.url, { schema: place.schema, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

function unexpected(error: unknown): void {
  throw error;
}

async function record(id: number): Promise<WorkerRecord | undefined> {
  return (await store.workers()).find((worker) => worker.id === id);
}

function job(): NewJob {
  return {
    type: "mail",
    payload: "{}",
    priority: 0,
    runAt: 0,
    ready: true,
    maxAttempts: 3,
    timeoutMs: undefined,
    backoff: undefined,
    uniqueKey: undefined,
    uniqueUntil: "finished",
    createdAt: 1,
  };
}

async function listening(count: number): Promise<void> {
  await vi.waitFor(async () => expect(await sessions()).toBe(count), WAIT);
}

/** How many connections listen, or hold a lock, for this schema; by the last statement that they sent. */
async function sessions(): Promise<number> {
  const [row] = await ask(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE query LIKE '%turno ${place.schema}%' AND query LIKE 'SELECT pg_try_advisory_lock%'`,
  );
  return Number(row?.count);
}

async function locksHeld(): Promise<number> {
  const [row] = await ask(
    `SELECT count(*)::int AS count FROM pg_locks
     WHERE locktype = 'advisory' AND objsubid = 2 AND classid = (hashtext('turno ${place.schema}') & 2147483647)::oid`,
  );
  return Number(row?.count);
}

/** Ends every connection that beats, listens or holds a lock for this schema. */
async function cutSessions(): Promise<void> {
  await ask(
    `SELECT pg_terminate_backend(lock.pid) FROM pg_locks lock
     WHERE locktype = 'advisory' AND objsubid = 2 AND classid = (hashtext('turno ${place.schema}') & 2147483647)::oid`,
  );
}

async function ask(sql: string): Promise<readonly { readonly count?: number }[]> {
  const client = new pg.Client(place.url);
  await client.connect();
  try {
    return (await client.query<{ count?: number }>(sql)).rows;
  } finally {
    await client.end();
  }
}
