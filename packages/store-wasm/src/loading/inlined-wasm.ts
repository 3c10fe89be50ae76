declare const process: {
  getBuiltinModule(id: "node:fs/promises"): {
    readFile(file: URL): Promise<Uint8Array<ArrayBuffer>>;
  };
};

/** The bytes of sqljs.wasm. The build puts a file in the place of this one that holds them; unbuilt, only Node has them. */
export async function inlinedWasm(): Promise<BufferSource> {
  const file = new URL("../../node_modules/sql.js/dist/sql-wasm-browser.wasm", import.meta.url);
  return await process.getBuiltinModule("node:fs/promises").readFile(file);
}
