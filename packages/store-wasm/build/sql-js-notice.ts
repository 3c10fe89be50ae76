/** Stands at the head of what contains sql.js or its wasm; minifiers keep it. */
export const SQL_JS_NOTICE =
  "/*! With sql.js 1.16.0, (c) 2017 sql.js authors, MIT license: see sqljs-license.txt of @turno/store-wasm */";
