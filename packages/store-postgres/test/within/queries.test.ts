import { PGlite } from "@electric-sql/pglite";
import { defineJobs, json, LeaseLost, Queue, StoreUnwritable } from "@turno/core";
import { openPostgresStore, type PostgresStore, type Queryable } from "@turno/store-postgres";
import { sql } from "drizzle-orm";
import { drizzle as drizzleOverPg, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { drizzle as drizzleOverPglite } from "drizzle-orm/pglite";
import { pgTable, text } from "drizzle-orm/pg-core";
import { CompiledQuery, Kysely, PGliteDialect, PostgresDialect, type Transaction } from "kysely";
import pg from "pg";
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { freshDatabase, needPostgres } from "../postgres-url.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let lite: PGlite | undefined;
afterAll(() => lite?.close());

/** A store, and a way to work in a transaction on the same database: a query builder's. */
interface World {
  readonly store: PostgresStore;
  transaction<T>(work: (client: Queryable, addUser: AddUser) => Promise<T>): Promise<T>;
  users(): Promise<readonly unknown[]>;
}

const jobs = defineJobs({
  welcome: { payload: json<{ to: string }>(), result: json<string>() },
});

type AddUser = (name: string) => Promise<unknown>;

const users = pgTable("users", { name: text("name").primaryKey() });
const CREATE = "CREATE TABLE users (name text PRIMARY KEY)";

/** As in docs/postgres.md. */
const inDrizzle = (tx: Pick<NodePgDatabase, "execute">): Queryable => ({
  query: (text, values = []) => {
    const parts = text.split(/\$\d+/).map((part) => sql.raw(part));
    return tx.execute(
      sql.join(parts.flatMap((part, at) => (at === 0 ? part : [sql.param(values[at - 1]), part]))),
    );
  },
});

/** As in docs/postgres.md. */
const inKysely = (trx: Transaction<Tables>): Queryable => ({
  query: (text, values = []) => trx.executeQuery(CompiledQuery.raw(text, values)),
});

interface Tables {
  users: { name: string };
}

const worlds: Readonly<Record<string, { needsServer: boolean; open: () => Promise<World> }>> = {
  "Drizzle over pg": {
    needsServer: true,
    open: async () => {
      const pool = await newPool();
      return drizzleWorld(await openPostgresStore(pool, { listen: false }), drizzleOverPg(pool));
    },
  },
  "Drizzle over PGlite": {
    needsServer: false,
    open: async () => {
      const lite = await sharedLite();
      const db = drizzleOverPglite(lite) as unknown as NodePgDatabase;
      return drizzleWorld(await openPostgresStore(lite, { listen: false }), db);
    },
  },
  "Kysely over pg": {
    needsServer: true,
    open: async () => {
      const pool = await newPool();
      const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
      return kyselyWorld(await openPostgresStore(pool, { listen: false }), db);
    },
  },
  "Kysely over PGlite": {
    needsServer: false,
    open: async () => {
      const lite = await sharedLite();
      const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: lite }) });
      return kyselyWorld(await openPostgresStore(lite, { listen: false }), db);
    },
  },
};

describe.each(Object.entries(worlds))("within a transaction of %s", (_, { needsServer, open }) => {
  let world: World;
  let queue: Queue<typeof jobs, PostgresStore>;
  beforeEach(async (context) => {
    if (needsServer) needPostgres(context);
    world = await open();
    queue = new Queue({ store: world.store, jobs });
    return () => queue.close();
  });

  it("a commit keeps the caller's rows, what was enqueued and what was completed", async () => {
    await queue.enqueue("welcome", { to: "ben's \\ $1" });
    const job = await claimed();
    await world.transaction(async (client, addUser) => {
      await addUser("ana");
      await queue.within(client).enqueue("welcome", { to: "ana" });
      await queue.within(client).complete(job, "ben's \\ $1");
    });
    expect(await world.users()).toEqual([{ name: "ana" }]);
    expect(await queue.counts()).toMatchObject({ pending: 1, completed: 1 });
    expect(await queue.get(job.id)).toMatchObject({ result: "ben's \\ $1" });
  });

  it("a rollback undoes all of it", async () => {
    await queue.enqueue("welcome", { to: "ana" });
    const job = await claimed();
    const undone = world.transaction(async (client, addUser) => {
      await addUser("ana");
      await queue.within(client).enqueue("welcome", { to: "ana" }, { uniqueKey: "ana" });
      await queue.within(client).complete(job, "sent");
      throw new Error("undo this");
    });
    await expect(undone).rejects.toThrow("undo this");
    expect(await world.users()).toEqual([]);
    expect(await queue.counts()).toMatchObject({ pending: 0, running: 1, completed: 0 });
    await queue.complete(job, "sent");
    expect(await queue.enqueue("welcome", { to: "ana" }, { uniqueKey: "ana" })).toMatchObject({
      added: true,
    });
  });

  it("a job that is not held any more cannot be completed, and its error undoes the caller's rows", async () => {
    await queue.enqueue("welcome", { to: "ana" });
    const job = await claimed();
    await queue.cancel(job.id);
    const refused = world.transaction(async (client, addUser) => {
      await addUser("ana");
      await queue.within(client).complete(job, "sent");
    });
    await expect(refused).rejects.toThrow(LeaseLost);
    expect(await world.users()).toEqual([]);
  });

  it("what Postgres refuses is an error of the store's, whoever has put another around it", async () => {
    const refused = world.transaction(async (client) => {
      await client.query("SET TRANSACTION READ ONLY");
      await queue.within(client).enqueue("welcome", { to: "ana" });
    });
    await expect(refused).rejects.toThrow(StoreUnwritable);
  });

  async function claimed() {
    const [job] = await queue.claim();
    if (job === undefined) throw new Error("there is no job to claim");
    return job;
  }
});

function drizzleWorld(store: PostgresStore, db: NodePgDatabase): World {
  return {
    store,
    transaction: (work) =>
      db.transaction((tx) => work(inDrizzle(tx), (name) => tx.insert(users).values({ name }))),
    users: () => db.select().from(users),
  };
}

function kyselyWorld(store: PostgresStore, db: Kysely<Tables>): World {
  return {
    store,
    transaction: (work) =>
      db
        .transaction()
        .execute((trx) =>
          work(inKysely(trx), (name) => trx.insertInto("users").values({ name }).execute()),
        ),
    users: () => db.selectFrom("users").selectAll().execute(),
  };
}

async function newPool(): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: await freshDatabase() });
  onTestFinished(() => pool.end());
  await pool.query(CREATE);
  return pool;
}

/** One for all: it takes seconds to start. */
async function sharedLite(): Promise<PGlite> {
  lite ??= await PGlite.create();
  await lite.exec("DROP SCHEMA IF EXISTS turno CASCADE; DROP TABLE IF EXISTS users");
  await lite.exec(CREATE);
  return lite;
}
