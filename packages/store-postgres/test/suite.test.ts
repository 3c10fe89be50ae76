import { openPostgresStore, type PostgresStore } from "@turno/store-postgres";
import { storeSuite } from "@turno/testkit";
import { beforeEach, describe } from "vitest";
import { freshSchema, needPostgres } from "./postgres-url.ts";

const places = new WeakMap<PostgresStore, ReturnType<typeof freshSchema>>();

describe("on a server", () => {
  beforeEach(needPostgres);

  storeSuite("PostgresStore", {
    open: () => openAt(freshSchema()),
    openSecond: (store) => openAt(placeOf(store)),
    async reopen(store) {
      await store.close();
      return openAt(placeOf(store));
    },
    runs: 40,
  });
});

async function openAt(place: ReturnType<typeof freshSchema>): Promise<PostgresStore> {
  // Each would start a thread when its first worker joins; test/life has what there is to see of those.
  const store = await openPostgresStore(place.url, { schema: place.schema, listen: false });
  places.set(store, place);
  return store;
}

function placeOf(store: PostgresStore): ReturnType<typeof freshSchema> {
  const place = places.get(store);
  if (place === undefined) throw new Error("this store was not opened here");
  return place;
}
