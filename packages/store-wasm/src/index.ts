export type { WasmSource } from "./loading/load-wasm.ts";
export type { MemoryWasmStore } from "./memory-wasm-store.ts";
export { openWasmStore } from "./open-wasm-store.ts";
export {
  DurableObjectPersistence,
  type DurableObjectSql,
} from "./persistence/durable-object-persistence.ts";
export {
  type MemoryDisk,
  memoryDisk,
  MemoryPersistence,
} from "./persistence/memory-persistence.ts";
export type { Persistence, RowImage, Stored } from "./persistence/persistence.ts";
export { StoreTakenOver } from "./persistence/store-taken-over.ts";
export type { PersistenceReport, ReportOptions } from "./persistence-report.ts";
export { WasmStore } from "./wasm-store.ts";
export type { WasmStoreOptions } from "./wasm-store-options.ts";
