import type { Plugin } from "rolldown";
import { once } from "./once.ts";

const EXPORTS = "if (typeof exports === 'object' && typeof module === 'object'){";

/**
 * Makes an ES module of sql.js's glue. It sets the `module` of CommonJS to undefined before it exports by it, and webpack's
 * minifier takes the exports for dead code then.
 */
export function glueAsModule(): Plugin {
  return {
    name: "glue-as-module",
    transform: {
      filter: { id: /[\\/]sql-wasm-browser\.js$/ },
      handler(code) {
        const [glue = ""] = once(code, EXPORTS, EXPORTS).split(EXPORTS);
        return {
          code: `${once(glue, "module = undefined;", "")}export default initSqlJs;\n`,
          map: null,
        };
      },
    },
  };
}
