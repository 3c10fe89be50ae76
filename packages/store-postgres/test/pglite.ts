import { PGlite } from "@electric-sql/pglite";
import { openPostgresStore, type PostgresStore } from "@turno/store-postgres";
import { afterAll, beforeAll, vi } from "vitest";

/** The names of schemas that were given out and not dropped yet, the oldest first. */
const schemas: string[] = [];
let given = 0;
let database: Promise<PGlite> | undefined;

// On a machine that is busy PGlite is slow.
vi.setConfig({ testTimeout: 60_000 });
beforeAll(pglite, 120_000);
afterAll(async () => (await database)?.close());

/** The PGlite of this file: it takes some seconds to start, and each further schema some hundredths. */
export function pglite(): Promise<PGlite> {
  database ??= PGlite.create();
  return database;
}

/**
 * A store in a schema of its own. Of those that were opened before it only the last few keep theirs: PGlite becomes slow
 * with thousands of tables.
 */
export async function openOnPglite(): Promise<{
  readonly store: PostgresStore;
  readonly schema: string;
}> {
  const on = await pglite();
  const schema = `pglite_${++given}`;
  schemas.push(schema);
  for (const old of schemas.splice(0, schemas.length - KEPT))
    await on.query(`DROP SCHEMA IF EXISTS ${old} CASCADE`);
  return { store: await openPostgresStore(on, { schema }), schema };
}

const KEPT = 8;
