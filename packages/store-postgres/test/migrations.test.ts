import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Queue, StoreCorrupt, StoreNewer, StoreUnwritable } from "@turno/core";
import { migrations, openPostgresStore } from "@turno/store-postgres";
import pg from "pg";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { catalogOf } from "./catalog-of.ts";
import { freshDatabase, freshSchema, needPostgres } from "./postgres-url.ts";

// Twenty stores start as many threads.
vi.setConfig({ testTimeout: 60_000 });

beforeEach(needPostgres);

describe("opening a schema that nobody has created yet", () => {
  it("makes one queue of it, however many do so at once", async () => {
    const { url, schema } = freshSchema();
    const stores = await Promise.all(Array.from({ length: 20 }, () => opened(url, { schema })));
    expect(new Set(stores.map(({ salt }) => salt)).size).toBe(1);
    const workers = await Promise.all(stores.map((store) => store.join({ leaseMs: 1_000 })));
    expect(new Set(workers).size).toBe(20);
  });

  it("makes one queue of it where several processes do so at once", async () => {
    const { url, schema } = freshSchema();
    const salts = await Promise.all([1, 2, 3].map(() => openInProcess(url, schema)));
    expect(new Set(salts).size).toBe(1);
    expect((await opened(url, { schema })).salt).toBe(salts[0]);
  });

  it("is refused where it may not be created, and leaves nothing behind", async () => {
    const { url, schema } = freshSchema();
    await expect(openPostgresStore(url, { schema, migrate: false })).rejects.toThrow(StoreCorrupt);
    await expect(openPostgresStore(url, { schema, migrate: false })).rejects.toThrow(
      `there is no schema ${schema} of Turno's; open the store without migrate: false, or run what migrations() gives`,
    );
    const client = await connected(url);
    const { rows } = await client.query("SELECT to_regnamespace($1) AS found", [schema]);
    expect(rows).toEqual([{ found: null }]);
  });

  it.each([
    "select",
    "user",
    "pg_x",
    "Turno",
    "a b",
    'a"b',
    "a; drop table x",
    "1a",
    "",
    "a".repeat(41),
    "ä",
    "a.b",
  ])("refuses a name that is none for a schema: %j", async (schema) => {
    await expect(openPostgresStore(freshSchema().url, { schema })).rejects.toThrow(TypeError);
    expect(() => migrations(schema)).toThrow(/^schema must be a name of at most 40 lower-case/);
  });

  it.each(["_", "a".repeat(40), "public", "values", "row"])(
    "takes a name that is one: %s",
    async (schema) => {
      const store = await opened(await freshDatabase(), { schema });
      await using queue = new Queue({ store });
      const { id } = await queue.enqueue("a", 1);
      const [job] = await queue.claim();
      expect(job?.id).toBe(id);
      await queue.complete(job!);
    },
  );
});

describe("what migrations gives", () => {
  it("makes by hand what opening makes, and opens with migrate: false", async () => {
    const [own, byHand] = [await freshDatabase(), await freshDatabase()];
    await opened(own);
    const client = await connected(byHand);
    // As psql does: without parameters.
    for (const { sql } of migrations()) await client.query(`BEGIN; ${sql} COMMIT;`);
    expect(await catalogOf(byHand)).toEqual(await catalogOf(own));
    await using queue = new Queue({ store: await opened(byHand, { migrate: false }) });
    await queue.enqueue("a", 1);
    expect(await queue.claim()).toHaveLength(1);
  });

  it("can be run in a schema that somebody has created", async () => {
    const { url, schema } = freshSchema();
    const client = await connected(url);
    await client.query(`CREATE SCHEMA ${schema}`);
    for (const { sql } of migrations(schema)) await client.query(sql);
    await opened(url, { schema, migrate: false });
    // Nothing is left to be done.
    await opened(url, { schema });
  });

  it("gives each database a salt of its own", async () => {
    const salts = [];
    for (let at = 0; at < 5; at++) {
      const { url, schema } = freshSchema();
      const client = await connected(url);
      for (const { sql } of migrations(schema)) await client.query(sql);
      salts.push((await opened(url, { schema, migrate: false })).salt);
    }
    expect(new Set(salts).size).toBe(5);
  });
});

describe("tables of a newer version", () => {
  it("are not opened", async () => {
    const { url, schema } = freshSchema();
    await opened(url, { schema });
    await raiseVersion(url, schema);
    for (const migrate of [true, false]) {
      const opening = openPostgresStore(url, { schema, migrate });
      await expect(opening).rejects.toThrow(StoreNewer);
    }
  });

  it("are beaten into no more: the beat says so", async () => {
    const { url, schema } = freshSchema();
    const store = await opened(url, { schema });
    const worker = await store.join({ leaseMs: 1_000 });
    await raiseVersion(url, schema);
    await expect(store.beat(worker)).rejects.toThrow(StoreNewer);
  });
});

describe("a function that may not read tables whole", () => {
  // What is forbidden is given a price beyond all others, and to what is dear Postgres compiles the query first: 17 ms.
  it("is not compiled, however dear it is said to be", async () => {
    const { url, schema } = freshSchema();
    await opened(url, { schema });
    const client = await connected(url);
    const { rows } = await client.query(
      `SELECT proname FROM pg_proc WHERE pronamespace = $1::regnamespace
       AND 'enable_seqscan=off' = ANY (proconfig) AND NOT 'jit=off' = ANY (proconfig)`,
      [schema],
    );
    expect(rows).toEqual([]);
  });
});

describe("tables of an older version", () => {
  it("are refused with migrate: false, and say what to run", async () => {
    const { url, schema } = freshSchema();
    await opened(url, { schema });
    const client = await connected(url);
    await client.query(`UPDATE ${schema}.meta SET value = 0 WHERE key = 'schema'`);
    const opening = openPostgresStore(url, { schema, migrate: false });
    await expect(opening).rejects.toThrow(/has version 0, and this program needs 1; .* migrations/);
  });
});

describe("a user", () => {
  it("needs to be no superuser where the database is its own", async () => {
    const { url, user, owner } = await userOfFreshDatabase();
    await owner.query(`ALTER DATABASE ${databaseOf(url)} OWNER TO ${user}`);
    await expectWorking(asUser(url, user));
  });

  it("can create the queue with no more than CREATE on the database", async () => {
    const { url, user, owner } = await userOfFreshDatabase();
    await owner.query(`GRANT CREATE ON DATABASE ${databaseOf(url)} TO ${user}`);
    await expectWorking(asUser(url, user));
  });

  it("can create the queue in a schema that was created for it", async () => {
    const { url, user, owner } = await userOfFreshDatabase();
    await owner.query(`CREATE SCHEMA turno AUTHORIZATION ${user}`);
    await expectWorking(asUser(url, user));
  });

  it.each([true, false])(
    "with the rights that the docs list works on what its owner has created, with migrate: %s",
    async (migrate) => {
      const { url, user, owner } = await userOfFreshDatabase();
      // As careful administrators have it.
      await owner.query("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC");
      await opened(url);
      await owner.query(grantsFor(user));
      await expectWorking(asUser(url, user), { migrate });
    },
  );

  it("is told what is missing where it has no rights", async () => {
    const { url, user } = await userOfFreshDatabase();
    const mine = asUser(url, user);
    await expect(openPostgresStore(mine)).rejects.toThrow(StoreUnwritable);
    await opened(url);
    for (const migrate of [true, false])
      await expect(openPostgresStore(mine, { migrate })).rejects.toThrow(
        /Postgres may not be used: permission denied .*; check the user's rights/,
      );
  });
});

/** What docs/postgres.md has run for who works with the queue. */
function grantsFor(user: string): string {
  const page = readFileSync(new URL("../../../docs/postgres.md", import.meta.url), "utf8");
  const [, grants = ""] = /```sql\n(GRANT .*?)```/s.exec(page) ?? [];
  return grants.replaceAll(" TO app;", ` TO ${user};`);
}

/** Uses all that a queue does. */
async function expectWorking(url: string, options: { readonly migrate?: boolean } = {}) {
  await using queue = new Queue({ store: await opened(url, options) });
  const { id } = await queue.enqueue("a", 1, { uniqueKey: "k" });
  expect(await queue.enqueue("a", 2, { uniqueKey: "k" })).toEqual({ id, added: false });
  const [job] = await queue.claim();
  job?.progress(1);
  await queue.complete(job!);
  const [other] = await queue.enqueueMany([{ type: "b", delayMs: 60_000 }]);
  await queue.pause("b");
  await queue.resume("b");
  await queue.cancel(other?.id ?? "");
  await queue.retry(id);
  expect(await queue.counts()).toMatchObject({ pending: 1, cancelled: 1 });
  expect((await queue.list({ states: ["cancelled"] })).jobs).toHaveLength(1);
  await queue.cancel(id);
  expect(await queue.prune({ completed: 0, dead: 0, cancelled: 0 })).toBe(1);
}

async function opened(...given: Parameters<typeof openPostgresStore>) {
  const store = await openPostgresStore(...given);
  onTestFinished(() => store.close());
  return store;
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function raiseVersion(url: string, schema: string): Promise<void> {
  const client = await connected(url);
  await client.query(`UPDATE ${schema}.meta SET value = 1000 WHERE key = 'schema'`);
}

/** The salt that a process of its own has found. */
async function openInProcess(url: string, schema: string): Promise<number> {
  const program = fileURLToPath(new URL("./children/open.ts", import.meta.url));
  const node = ["--conditions=@turno/source", "--disable-warning=ExperimentalWarning"];
  const { stdout } = await promisify(execFile)(process.execPath, [...node, program, url, schema]);
  return Number(stdout);
}

let users = 0;

/** A user that may connect to a database, and nothing else. */
async function userOfFreshDatabase() {
  const url = await freshDatabase();
  const user = `${databaseOf(url)}_user${++users}`;
  const owner = await connected(url);
  await owner.query(`CREATE ROLE ${user} LOGIN PASSWORD 'secret'`);
  onTestFinished(async () => {
    await owner.query(`REASSIGN OWNED BY ${user} TO CURRENT_USER; DROP OWNED BY ${user}`);
    await owner.query(`DROP ROLE ${user}`);
  });
  return { url, user, owner };
}

function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

function asUser(url: string, user: string): string {
  const mine = new URL(url);
  mine.username = user;
  mine.password = "secret";
  return mine.href;
}
