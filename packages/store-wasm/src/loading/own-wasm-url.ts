/** Where sqljs.wasm lies; undefined where that cannot be fetched: on a disk, in a bundle that has lost its address. */
export function ownWasmUrl(): URL | undefined {
  try {
    // The build puts "./sqljs.wasm" here. Bundlers look for just this expression.
    const url = new URL("../../node_modules/sql.js/dist/sql-wasm-browser.wasm", import.meta.url);
    return ["file:", "blob:", "data:"].includes(url.protocol) ? undefined : url;
  } catch {
    return undefined;
  }
}
