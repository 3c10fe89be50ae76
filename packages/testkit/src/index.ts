export { checkStore, type StoreCheck, storeChecks } from "./check-store.ts";
export { SimulatedClock, type SimulatedClockOptions } from "./simulated-clock.ts";
export { storeSuite } from "./store-suite.ts";
export type { StoreUnderTest } from "./store-under-test.ts";
