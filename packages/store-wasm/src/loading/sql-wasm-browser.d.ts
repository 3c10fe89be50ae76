declare module "sql.js/dist/sql-wasm-browser.js" {
  import type { SqlJsStatic } from "sql.js";
  export default function initSqlJs(options: {
    useOldExtensionFunctions: boolean;
    instantiateWasm(
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance) => void,
    ): void;
  }): Promise<SqlJsStatic>;
}
