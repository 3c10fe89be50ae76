import { formatDiagnosis, Queue } from "@turno/core";
import { openPostgresStore, type PostgresStore } from "@turno/store-postgres";
import pg from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import { freshSchema, needPostgres } from "./postgres-url.ts";

let place: ReturnType<typeof freshSchema>;
let store: PostgresStore;
let queue: Queue;
beforeEach(async (context) => {
  needPostgres(context);
  place = freshSchema();
  store = await openPostgresStore(place.url, { schema: place.schema });
  queue = new Queue({ store });
  return async () => {
    await queue.close();
    await store.close();
  };
});

describe("an examination", () => {
  it("finds nothing amiss where nothing is", async () => {
    await queue.enqueueMany([{ type: "mail" }, { type: "mail" }]);
    await queue.claim({ limit: 1 });
    const diagnosis = await queue.doctor();
    const about = diagnosis.findings.filter(({ level }) => level === "bad");
    expect(about).toEqual([]);
    expect(formatDiagnosis(diagnosis)).toMatch(
      /good {5}identity {5}schema turno_\w+ of the database/,
    );
    expect(formatDiagnosis(diagnosis)).toMatch(/good {5}versions {5}schema \d+, PostgreSQL \d+/);
  });

  it("tells of rows that are no jobs", async () => {
    await queue.enqueueMany([{ type: "mail" }, { type: "mail" }]);
    await run(`UPDATE ${place.schema}.jobs SET state = 9 WHERE seq = 1`);
    const { findings } = await store.examine();
    expect(findings.find(({ about }) => about === "damaged")).toMatchObject({
      level: "warning",
      facts: { count: 1, rows: [{ seq: 1, fault: "its state is 9" }] },
    });
  });

  it("tells of jobs that no claim can find, and of rows that name none", async () => {
    await queue.enqueueMany([{ type: "mail" }, { type: "mail" }]);
    await run(`DELETE FROM ${place.schema}.ready WHERE seq = 1`);
    await run(`DELETE FROM ${place.schema}.jobs WHERE seq = 2`);
    const { findings } = await store.examine();
    expect(findings.find(({ about }) => about === "integrity")).toMatchObject({
      level: "bad",
      facts: { unstaged: 1, stray: 1, unclaimed: 0 },
    });
    await queue.retry((await store.get([1]))[0]?.id ?? "");
    await run(`DELETE FROM ${place.schema}.ready WHERE seq = 2`);
    expect(
      (await store.examine()).findings.find(({ about }) => about === "integrity"),
    ).toMatchObject({ level: "good" });
  });

  it("says what it could not look at, and looks at the rest", async () => {
    await run(`DROP TABLE ${place.schema}.claims`);
    const { findings } = await store.examine();
    expect(findings.find(({ about }) => about === "integrity")).toMatchObject({
      level: "bad",
      message: expect.stringContaining("could not be looked at") as string,
    });
    expect(findings.find(({ about }) => about === "damaged")).toMatchObject({ level: "good" });
  });
});

async function run(sql: string): Promise<void> {
  const client = new pg.Client(place.url);
  await client.connect();
  await client.query(sql);
  await client.end();
}
