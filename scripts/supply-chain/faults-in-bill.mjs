import { PACKAGES } from "./allowed.mjs";

/**
 * What a bill of materials lacks: a sentence each.
 * @param {import("./with-packed-in.mjs").Bill} bill
 * @param {Record<string, any>} manifest The package.json of the packed package.
 * @returns {string[]}
 */
export function faultsInBill(bill, manifest) {
  const { component } = bill.metadata;
  const all = [component, ...bill.components];
  const refs = new Set(all.map((it) => it["bom-ref"]));
  const edges = new Map(bill.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
  const brought = new Map(all.map((it) => [nameOf(it), it]));
  const { packs } = PACKAGES[manifest["name"]] ?? {};
  const packed = packs === undefined ? [] : [packs, "sqlite"];
  const wanted = [...Object.keys(manifest["dependencies"] ?? {}), ...packed];
  const reached = reachedFrom(component["bom-ref"], edges);
  return [
    ...(bill.bomFormat === "CycloneDX" && bill.specVersion === "1.6"
      ? []
      : ["it is no CycloneDX 1.6"]),
    ...(nameOf(component) === manifest["name"] && component.version === manifest["version"]
      ? []
      : [`it is of ${component.purl}`]),
    ...wanted.filter((name) => !brought.has(name)).map((name) => `${name} is missing`),
    ...(packs === undefined || brought.get(packs)?.version === manifest["devDependencies"]?.[packs]
      ? []
      : [`${packs} is not of the version that is packed`]),
    ...all.flatMap((it) => faultsInComponent(it, [manifest["name"], ...packed])),
    ...[...refs].filter((ref) => !reached.has(ref)).map((ref) => `nothing depends on ${ref}`),
    ...[...reached].filter((ref) => !refs.has(ref)).map((ref) => `${ref} is no component`),
  ];
}

/**
 * @param {import("./with-packed-in.mjs").Component} component
 * @param {readonly string[]} unpublished What no registry gives a hash for.
 */
function faultsInComponent(component, unpublished) {
  const { version, purl, licenses = [], externalReferences = [] } = component;
  const name = nameOf(component);
  const isOurs = name.startsWith("@turno/") || unpublished.includes(name);
  const hasHash = externalReferences.some(({ hashes = [] }) => hashes.length > 0);
  return [
    ...(/^\d+\.\d+\.\d+/.test(version) && purl.endsWith(`@${version}`)
      ? []
      : [`${name} has no version`]),
    ...(licenses.length > 0 ? [] : [`${name} has no licence`]),
    ...(isOurs || hasHash ? [] : [`${name} has no hash`]),
  ];
}

/**
 * @param {string} start
 * @param {ReadonlyMap<string, readonly string[]>} edges
 */
function reachedFrom(start, edges) {
  const reached = new Set([start]);
  for (const ref of reached) for (const next of edges.get(ref) ?? []) reached.add(next);
  return reached;
}

/** @param {import("./with-packed-in.mjs").Component} component */
function nameOf({ group, name }) {
  return group ? `${group}/${name}` : name;
}
