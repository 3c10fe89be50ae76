import { openPostgresStore } from "@turno/store-postgres";
import { hostileSuite } from "@turno/testkit";
import { expect, it } from "vitest";
import { openOnPglite, pglite } from "./pglite.ts";

/** For a long campaign: HOSTILE_RUNS=10000 HOSTILE_SEED=7. */
const { HOSTILE_RUNS, HOSTILE_SEED } = process.env;
const runs = Number(HOSTILE_RUNS ?? 4);
const seed = Number(HOSTILE_SEED ?? 1);

const statements = new Set<string>();

hostileSuite("PGlite", {
  runs,
  seed,
  async open() {
    const { store, schema } = await openOnPglite();
    await store.close();
    return openPostgresStore(await spied(), { schema });
  },
  opening: {
    options: ["schema", "migrate", "prepare", "listen", "random"],
    // No address is tried: it could be somebody's.
    open: async (target, options) =>
      openPostgresStore(
        target === undefined ? await pglite() : (notAText(target) as never),
        options as never,
      ),
  },
});

it("no statement was sent that has anything of the input in it", () => {
  expect(statements.size).toBeGreaterThan(10);
  expect(
    Array.from(statements).filter((sql) => /DROP|--|reboot|`|\\|passwd|OR 1=1|__proto__/.test(sql)),
  ).toEqual([]);
  const shapes = new Set(
    Array.from(statements, (sql) =>
      sql.replaceAll(/pglite_\d+/g, "schema").replaceAll(/\d+/g, "0"),
    ),
  );
  expect(shapes.size).toBeLessThan(60);
});

function notAText(target: unknown): unknown {
  return typeof target === "string" ? { text: target } : target;
}

/** The PGlite of this file, which remembers each statement but those that make tables. */
async function spied() {
  const database = await pglite();
  return {
    query(text: string, values?: unknown[]) {
      if (!text.startsWith("DO ")) statements.add(text);
      return database.query(text, values);
    },
  };
}
