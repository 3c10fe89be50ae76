import { isAllowedFile, MANIFEST_FIELDS, PACKAGES, PACKED, REQUIRED_FILES } from "./allowed.mjs";
import { faultsInMap } from "./faults-in-map.mjs";

/**
 * What is in a packed package and may not be, or is missing: a sentence each.
 * @param {ReadonlyMap<string, Buffer>} files
 * @param {{ readonly license: string, readonly root: string }} ours The licence's text, and the folder it was built in.
 * @returns {string[]}
 */
export function faultsInPackage(files, { license, root }) {
  const manifest = JSON.parse(textOf(files, "package.json") || "{}");
  const allowed = PACKAGES[manifest.name];
  if (allowed === undefined) return [`${manifest.name} is not in scripts/supply-chain/allowed.mjs`];
  const required = [...REQUIRED_FILES, ...(allowed.files ?? [])];
  const maps = [...files].filter(([path]) => path.endsWith(".map"));
  return [
    ...[...files.keys()]
      .filter((path) => !isAllowedFile(path, allowed))
      .map((path) => `${path} may not be packed`),
    ...required.filter((path) => !files.has(path)).map((path) => `${path} is missing`),
    ...[...files]
      .filter(([, bytes]) => bytes.includes(root))
      .map(([path]) => `${path} names ${root}, where it was built`),
    ...(textOf(files, "LICENSE") === license ? [] : ["LICENSE is not that of the repository"]),
    ...maps.flatMap(([path, bytes]) => faultsInMap(path, bytes.toString(), files)),
    ...faultsInManifest(manifest, allowed),
    ...faultsInNotices(files, manifest, allowed),
  ];
}

/**
 * @param {Record<string, any>} manifest
 * @param {import("./allowed.mjs").Allowed} allowed
 */
function faultsInManifest(manifest, { dependencies, peers = [] }) {
  const faults = Object.keys(manifest)
    .filter((field) => !MANIFEST_FIELDS.has(field))
    .map((field) => `package.json may not have ${JSON.stringify(field)}`);
  expectNames("dependencies", dependencies);
  expectNames("peerDependencies", peers);
  if (String(manifest["files"]) !== String(PACKED))
    faults.push(`files must be ${PACKED.join(", ")}`);
  if (manifest["license"] !== "MIT") faults.push("license must be MIT");
  if (typeof manifest["engines"]?.node !== "string") faults.push("engines.node is missing");
  return faults;

  /**
   * @param {string} field
   * @param {readonly string[]} names
   */
  function expectNames(field, names) {
    const found = Object.entries(manifest[field] ?? {});
    for (const [name, range] of found) {
      if (!names.includes(name)) faults.push(`${field} may not have ${name}`);
      if (!/^[\d^~<>=. ]+$/.test(range))
        faults.push(`${name} must be a range of versions, but is ${range}`);
    }
    for (const name of names) {
      if (!found.some(([it]) => it === name)) faults.push(`${field} lacks ${name}`);
    }
  }
}

/**
 * What is packed into a package comes with its licence, and names its version.
 * @param {ReadonlyMap<string, Buffer>} files
 * @param {Record<string, any>} manifest
 * @param {import("./allowed.mjs").Allowed} allowed
 */
function faultsInNotices(files, manifest, { packs }) {
  if (packs === undefined) return [];
  const version = manifest["devDependencies"]?.[packs];
  const notice = `/*! With ${packs} ${version}, `;
  const licensed = textOf(files, "dist/sqljs-license.txt").includes("Permission is hereby granted");
  return [
    ...(licensed ? [] : [`dist/sqljs-license.txt is not the licence of ${packs}`]),
    ...[
      "dist/tab-worker.js",
      "dist/sql-js-glue.js",
      "dist/inlined-wasm.js",
      "dist/inlined-worker.js",
    ]
      .filter((path) => !textOf(files, path).includes(notice))
      .map((path) => `${path} has ${packs} in it, and lacks its notice (${notice}…)`),
  ];
}

/**
 * @param {ReadonlyMap<string, Buffer>} files
 * @param {string} path
 */
function textOf(files, path) {
  return files.get(path)?.toString() ?? "";
}
