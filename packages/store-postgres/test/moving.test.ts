import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineJobs, Fatal, type Job, json, Queue, type Store } from "@turno/core";
import { move } from "@turno/core/move";
import { openSqliteStore } from "@turno/store-node";
import { openPostgresStore } from "@turno/store-postgres";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { freshSchema, needPostgres } from "./postgres-url.ts";

const jobs = defineJobs({
  mail: { payload: json<number>(), result: json<string>(), maxAttempts: 3 },
  report: { payload: json<number>() },
});

beforeEach(needPostgres);

it("a queue moves from the file of one machine to Postgres, and goes on there under the same ids", async () => {
  const folder = mkdtempSync(join(tmpdir(), "turno-move-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = openSqliteStore(join(folder, "app.db"));
  const before = new Queue({ store: file, jobs });
  const first = await before.enqueue("mail", 1, { uniqueKey: "one", uniqueUntil: "pruned" });
  const second = await before.enqueue("mail", 2, { priority: 5 });
  const later = await before.enqueue("mail", 3, { delayMs: 3_600_000 });
  const paused = await before.enqueue("report", 4);
  await before.pause("report");
  const handled = new Set<number>();
  const worker = before.work({
    mail: ({ payload, progress }) => {
      progress({ sent: payload });
      handled.add(payload);
      if (payload === 2) throw new Fatal("nobody there");
      return `sent ${payload}`;
    },
  });
  await before.result(first.id);
  await expect(before.result(second.id)).rejects.toThrow("nobody there");
  await worker.stop();
  const all = await jobsOf(file);

  const { url, schema } = freshSchema();
  const postgres = await openPostgresStore(url, { schema });
  onTestFinished(() => postgres.close());
  expect(await move(file, postgres)).toEqual({ jobs: 4, copied: 4, left: 0 });
  expect(await jobsOf(postgres)).toEqual(all);
  expect(await postgres.notes([1])).toEqual(file.notes([1]));
  await before.close();
  await file.close();

  const after = new Queue({ store: await openPostgresStore(url, { schema }), jobs });
  onTestFinished(() => after.close());
  expect(await after.result(first.id)).toBe("sent 1");
  expect(await after.enqueue("mail", 1, { uniqueKey: "one" })).toEqual({
    id: first.id,
    added: false,
  });
  expect((await after.get(paused.id))?.state).toBe("pending");
  await after.resume("report");
  const there = after.work({ mail: ({ payload }) => `sent ${payload}`, report: () => {} });
  await after.result(paused.id);
  await after.retry(later.id);
  expect(await after.result(later.id)).toBe("sent 3");
  const next = await after.enqueue("mail", 5);
  expect(next.id > later.id).toBe(true);
  expect(await after.result(next.id)).toBe("sent 5");
  await there.stop();
});

async function jobsOf(store: Store): Promise<readonly Job[]> {
  return store.list({ limit: 100 });
}
