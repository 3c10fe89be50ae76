export { DurableObjectStore } from "./durable-object-store.ts";
export type { ObjectStorage } from "./object-storage.ts";
export { openDurableObjectStore } from "./open-durable-object-store.ts";
export { PayloadTooLarge } from "./payload-too-large.ts";
export type { ShiftOptions } from "./shift.ts";
