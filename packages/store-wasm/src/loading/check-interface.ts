import { StoreUnsupported } from "@turno/core";

/** What the glue of sql.js 1.16.0 gives to its wasm and takes from it; the names change with nearly each version. */
const IMPORTS = 40;
const EXPORTS =
  "O P Q R S T U V W X Y Z _ $ aa ba ca da ea fa ga ha ia ja ka la ma na oa pa qa ra sa ta ua va wa xa ya za " +
  "Aa Ba Ca Da Ea Fa Ga Ha Ia Ja Ka La Ma Na Oa Pa";

/** Throws `StoreUnsupported` for a wasm that the glue cannot work with: of another version of sql.js, or of something else. */
export function checkInterface(module: WebAssembly.Module, name: string): void {
  const imports = WebAssembly.Module.imports(module);
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  if (imports.length === IMPORTS && exports.join(" ") === EXPORTS) return;
  throw new StoreUnsupported(
    `cannot open the store: ${name} is no wasm of sql.js 1.16.0, but has ${imports.length} imports and ` +
      `${exports.length} exports; serve sqljs.wasm of the installed @turno/store-wasm, and renew copies of it when you update`,
  );
}
