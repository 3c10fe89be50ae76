import { Queue } from "@turno/core";
import { openPostgresStore } from "@turno/store-postgres";
import { expect, it } from "vitest";
import { openOnPglite, pglite } from "../pglite.ts";

it("a store on PGlite hears that another of the same PGlite has added work, until it listens no more", async () => {
  const { store, schema } = await openOnPglite();
  const other = await openPostgresStore(await pglite(), { schema });
  await using queue = new Queue({ store });
  await using elsewhere = new Queue({ store: other });
  const heard = Promise.withResolvers<void>();
  let times = 0;
  const listening = store.watch?.(() => {
    times += 1;
    heard.resolve();
  });
  await queue.counts();
  await elsewhere.enqueue("a", 1);
  await heard.promise;
  listening?.[Symbol.dispose]();
  await elsewhere.counts();
  const before = times;
  await elsewhere.enqueue("a", 2);
  await elsewhere.counts();
  expect(times).toBe(before);
});
