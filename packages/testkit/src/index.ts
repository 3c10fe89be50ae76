export { checkStore, type StoreCheck, storeChecks } from "./check-store.ts";
export { drain } from "./drain/drain.ts";
export type { DrainOptions } from "./drain/drain-options.ts";
export type { Run } from "./drain/run.ts";
export { account, type Account } from "./history/account.ts";
export type {
  Call,
  CallEvent,
  EnqueuedAs,
  HandedIn,
  Happening,
  HistoryEvent,
  ProcessEvent,
  RunEvent,
  SeenJob,
  Sighting,
  Told,
  WorkerEvent,
} from "./history/event.ts";
export type { CallersRow, Evidence, Terms } from "./history/evidence.ts";
export { hostileSuite } from "./hostile/hostile-suite.ts";
export type { HostileSubject } from "./hostile/scene.ts";
export { judge, type Violation } from "./history/judge.ts";
export { seenJob } from "./history/seen-job.ts";
export { type Checked, checkIdempotent, type FaultOptions } from "./rehearsal/check-idempotent.ts";
export { Crashed } from "./rehearsal/crashed.ts";
export type { Fault } from "./rehearsal/fault.ts";
export { NotIdempotent } from "./rehearsal/not-idempotent.ts";
export { rehearse } from "./rehearsal/rehearse.ts";
export type {
  Rehearsal,
  RehearsalTools,
  Rehearsed,
  RehearsedRun,
} from "./rehearsal/rehearsal.ts";
export {
  checkUnderFaults,
  type TriedFaults,
  type UnderFaults,
} from "./simulation/check-under-faults.ts";
export { SimulatedClock, type SimulatedClockOptions } from "./simulated-clock.ts";
export { storeSuite } from "./store-suite.ts";
export type { StoreUnderTest } from "./store-under-test.ts";
