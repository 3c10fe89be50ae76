import { openPostgresStore, type PostgresStore } from "@turno/store-postgres";
import { storeSuite } from "@turno/testkit";
import { openOnPglite, pglite } from "./pglite.ts";

const schemas = new WeakMap<PostgresStore, string>();

storeSuite("PostgresStore on PGlite", {
  async open() {
    const { store, schema } = await openOnPglite();
    schemas.set(store, schema);
    return store;
  },
  openSecond: openAgain,
  async reopen(store) {
    await store.close();
    return openAgain(store);
  },
  // PGlite takes a millisecond or two for each statement.
  runs: 12,
  steps: 50,
});

async function openAgain(store: PostgresStore): Promise<PostgresStore> {
  const schema = schemas.get(store);
  const again = await openPostgresStore(await pglite(), { schema });
  if (schema !== undefined) schemas.set(again, schema);
  return again;
}
