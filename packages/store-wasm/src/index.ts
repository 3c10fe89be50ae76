export { openWasmStore, type WasmStoreOptions } from "./open-wasm-store.ts";
export { WasmStore } from "./wasm-store.ts";
