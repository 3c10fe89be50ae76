import type { PlainStore } from "../plain-store.ts";

/** Stores with one fault each, which is what the name says; it completes "The suite finds a store that …". */
export type FaultyStores = Readonly<Record<string, () => PlainStore>>;
