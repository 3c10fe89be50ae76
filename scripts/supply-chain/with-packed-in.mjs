import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PACKAGES } from "./allowed.mjs";

/**
 * A component of a bill of materials, as far as it is looked at here.
 * @typedef {object} Component
 * @property {string} name
 * @property {string} version
 * @property {string} [group]
 * @property {string} purl
 * @property {string} bom-ref
 * @property {object[]} [licenses]
 * @property {{ hashes?: object[] }[]} [externalReferences]
 */

/**
 * @typedef {object} Bill
 * @property {string} bomFormat
 * @property {string} specVersion
 * @property {{ component: Component }} metadata
 * @property {Component[]} components
 * @property {{ ref: string, dependsOn?: string[] }[]} dependencies
 */

/**
 * The bill with what the package has packed into its own files, which pnpm takes for a tool: sql.js, and the SQLite
 * that is in its wasm, by which advisories name what they find there.
 * @param {Bill} bill
 * @param {Record<string, any>} manifest
 * @returns {Promise<Bill>}
 */
export async function withPackedIn(bill, manifest) {
  const packs = PACKAGES[manifest["name"]]?.packs;
  if (packs === undefined) return bill;
  const require = createRequire(
    join(import.meta.dirname, "../../packages/store-wasm/package.json"),
  );
  const entry = require.resolve(packs);
  const { version, license } = JSON.parse(
    readFileSync(join(dirname(entry), "../package.json"), "utf8"),
  );
  const sqlJs = component(packs, version, `pkg:npm/${packs}@${version}`, { id: license });
  const sqliteVersion = await versionOfSqlite(require(entry));
  const sqlite = component("sqlite", sqliteVersion, `pkg:generic/sqlite@${sqliteVersion}`, {
    id: "blessing",
  });
  const self = bill.metadata.component["bom-ref"];
  return {
    ...bill,
    components: [...bill.components, sqlJs, sqlite],
    dependencies: [
      ...bill.dependencies.map((it) =>
        it.ref === self ? { ...it, dependsOn: [...(it.dependsOn ?? []), sqlJs["bom-ref"]] } : it,
      ),
      { ref: sqlJs["bom-ref"], dependsOn: [sqlite["bom-ref"]] },
      { ref: sqlite["bom-ref"], dependsOn: [] },
    ],
  };
}

/**
 * @param {string} name
 * @param {string} version
 * @param {string} purl
 * @param {{ id: string }} license
 */
function component(name, version, purl, license) {
  return { type: "library", name, version, purl, "bom-ref": purl, licenses: [{ license }] };
}

/** @param {() => Promise<any>} initSqlJs */
async function versionOfSqlite(initSqlJs) {
  const { Database } = await initSqlJs();
  const database = new Database();
  const version = String(database.exec("SELECT sqlite_version()")[0].values[0][0]);
  database.close();
  return version;
}
