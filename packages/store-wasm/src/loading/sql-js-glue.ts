export { default as initSqlJs } from "sql.js/dist/sql-wasm-browser.js";
