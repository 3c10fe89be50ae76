/** The one list of what may be published: files, manifest fields, and what a package brings along. */

/** Folders and names as ours are written: no dotfile, no `x.test.ts`, no `tsconfig.tsbuildinfo` can look like that. */
const IN_FOLDERS = "(?:[a-z0-9-]+/)*[a-z0-9-]+";

/** What each package has to have. */
export const REQUIRED_FILES = [
  "package.json",
  "README.md",
  "LICENSE",
  "dist/index.js",
  "dist/index.d.ts",
  "src/index.ts",
];

const ALLOWED_FILES = [
  /^(package\.json|README\.md|LICENSE)$/,
  new RegExp(`^dist/${IN_FOLDERS}\\.(js|d\\.ts)(\\.map)?$`),
  // The sources that those maps name.
  new RegExp(`^src/${IN_FOLDERS}\\.ts$`),
];

/** Folders of tests, whatever the names of their files. */
const REFUSED_FILES = /(^|\/)(tests?|node_modules)\//;

/**
 * What a package has beyond that; `dependencies` and `peers` are those in ARCHITECTURE.md.
 * @typedef {object} Allowed
 * @property {readonly string[]} dependencies
 * @property {readonly string[]} [peers]
 * @property {readonly string[]} [files] Each of them is required.
 * @property {string} [packs] A package whose code is part of it, under the licence that stands in its files.
 */

/** @type {Readonly<Record<string, Allowed>>} */
export const PACKAGES = {
  "@turno/core": { dependencies: ["@standard-schema/spec"] },
  "@turno/store-sqlite": { dependencies: ["@turno/core"] },
  "@turno/store-node": {
    dependencies: ["@turno/core", "@turno/store-sqlite"],
    peers: ["better-sqlite3"],
  },
  "@turno/store-wasm": {
    dependencies: ["@turno/core", "@turno/store-sqlite"],
    files: ["dist/sqljs.wasm", "dist/sqljs-license.txt", "src/loading/sql-wasm-browser.d.ts"],
    packs: "sql.js",
  },
  "@turno/store-durable-object": { dependencies: ["@turno/core", "@turno/store-sqlite"] },
  "@turno/store-postgres": { dependencies: ["@turno/core"], peers: ["pg"] },
  "@turno/testkit": { dependencies: ["@turno/core", "fast-check"], peers: ["vitest"] },
};

/** No `scripts`, no `bin`, nothing optional or bundled: an installation runs no code of ours. */
export const MANIFEST_FIELDS = new Set([
  "name",
  "version",
  "description",
  "license",
  "type",
  "sideEffects",
  "engines",
  "files",
  "exports",
  "publishConfig",
  "dependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "devDependencies",
]);

/** What `files` says in each package. */
export const PACKED = ["dist", "!dist/*.tsbuildinfo", "src"];

/**
 * Whether a package may have the file.
 * @param {string} path
 * @param {Allowed} allowed
 */
export function isAllowedFile(path, { files = [] }) {
  if (REFUSED_FILES.test(path)) return false;
  return files.includes(path) || ALLOWED_FILES.some((pattern) => pattern.test(path));
}
