import { posix } from "node:path";

/**
 * What is wrong with a source map: each source has to be a file of the package, or to be in the map itself under a name
 * that does not lead out of the package.
 * @param {string} path
 * @param {string} text
 * @param {ReadonlyMap<string, Buffer>} files
 * @returns {string[]}
 */
export function faultsInMap(path, text, files) {
  /** @type {{ sourceRoot?: string, sources: string[], sourcesContent?: (string | null)[] }} */
  const { sourceRoot = "", sources, sourcesContent = [] } = JSON.parse(text);
  return sources.flatMap((source, index) => {
    const place = posix.join(posix.dirname(path), sourceRoot, source);
    if (/^(\/|[a-z]+:)/.test(sourceRoot || source) || place.startsWith("..")) {
      return [`${path} points outside of the package: ${source}`];
    }
    if (files.has(place) || typeof sourcesContent[index] === "string") return [];
    return [`${path} points to what is not packed: ${source}`];
  });
}
