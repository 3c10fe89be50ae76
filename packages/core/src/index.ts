/// <reference lib="esnext.disposable" preserve="true" />
export { abandon } from "./job/abandon.ts";
export { type Backoff, retryDelay } from "./job/backoff.ts";
export { cancel } from "./job/cancel.ts";
export { checkOptionNames } from "./job/check-option-names.ts";
export { compareClaimOrder } from "./job/claim-order.ts";
export { type ClaimLimits, type ClaimVerdict, claimPicker } from "./job/claim-picker.ts";
export { complete } from "./job/complete.ts";
export { type FailedAttempt, fail } from "./job/fail.ts";
export { bury, damaged, damageFailure, wasDamaged } from "./job/damaged.ts";
export { describeThrown, type Failure, type FailureKind, MAX_FAILURES } from "./job/failure.ts";
export { type Counts, formatSummary } from "./job/format-summary.ts";
export { observe, type Sightings, type WorkerRecord } from "./job/given-up.ts";
export { holdsKey } from "./job/holds-key.ts";
export type { Instant } from "./job/instant.ts";
export {
  type CancelledJob,
  type CompletedJob,
  type DeadJob,
  enqueued,
  type FailedJob,
  type FinishedJob,
  type Job,
  type NewJob,
  type PendingJob,
  type RunningJob,
  type UniqueUntil,
  type WaitingJob,
  type WorkerId,
} from "./job/job.ts";
export { jobFault, type Remains, REVISION_LIMIT } from "./job/job-fault.ts";
export {
  decodeJobId,
  encodeJobId,
  type JobIdParts,
  SALT_LIMIT,
  saltBy,
  SEQ_LIMIT,
} from "./job/job-id.ts";
export { type Json, type JsonText, toJsonText, ValueRefused } from "./job/json-text.ts";
export { type EnqueueOptions, type JobSettings, newJob } from "./job/new-job.ts";
export {
  type LogLine,
  MAX_LOG_LINES,
  type Note,
  noted,
  type Notes,
  takesNote,
} from "./job/notes.ts";
export { release, snooze } from "./job/put-back.ts";
export { reschedule } from "./job/reschedule.ts";
export {
  DEFAULT_RETENTION,
  isPrunable,
  type PruneBefore,
  pruneBefore,
  type Retention,
} from "./job/retention.ts";
export { retry } from "./job/retry.ts";
export { shown } from "./job/shown.ts";
export { start } from "./job/start.ts";
export {
  FINISHED_STATES,
  type FinishedState,
  isFinishedState,
  JOB_STATES,
  type JobState,
} from "./job/state.ts";
export { TurnoError } from "./job/turno-error.ts";
export { MemoryStore } from "./store/memory-store.ts";
export type * from "./store/adopter.ts";
export { type Bell, bellsOf } from "./store/bells-of.ts";
export {
  beginAdoption,
  type MoveRecord,
  movedOver,
  refuseWhileMoving,
} from "./store/move-record.ts";
export type * from "./store/examination.ts";
export * from "./store/store.ts";
export * from "./store/store-error.ts";
export { defineJobs } from "./definition/define-jobs.ts";
export type {
  AnyJobs,
  BackoffFunction,
  JobDefinition,
  JobDefinitions,
  PayloadInput,
  PayloadOutput,
  ResultInput,
  ResultOutput,
  TypeName,
} from "./definition/job-definition.ts";
export type { JobId, JobOf, NotedJob } from "./definition/job-view.ts";
export type { JsonDefinitions } from "./definition/json-definition.ts";
export type { Jsonable } from "./definition/jsonable.ts";
export { json } from "./definition/json.ts";
export { SchemaRefused } from "./definition/parse.ts";
export { type Diagnosis, diagnosisOf, formatDiagnosis } from "./doctor/diagnosis.ts";
export { notLookedAt } from "./doctor/not-looked-at.ts";
export * from "./job/outcome-error.ts";
export { Fatal, RetryAfter, Snooze, type SnoozeOptions } from "./job/verdict.ts";
export type { ListOptions, Page } from "./queue/page.ts";
export type { Enqueued, EnqueueArguments, EnqueueItem, Producer } from "./queue/producer.ts";
export type { ClaimOptions } from "./queue/claim-options.ts";
export { Queue } from "./queue/new-queue.ts";
export type { Queue as PlainQueue } from "./queue/queue.ts";
export type { QueueOptions } from "./queue/queue-options.ts";
export type { ResultArguments } from "./queue/result-arguments.ts";
export type { TransactionalQueue } from "./queue/transactional-queue.ts";
export type { Within } from "./queue/within.ts";
export { type Clock, systemClock } from "./time/clock.ts";
export type { AnyClaimedJob, ClaimedAs, ClaimedJob, ClaimedOf } from "./worker/claimed-job.ts";
export type { Handler, HandlerOf, Handlers, SomeHandlers } from "./worker/handler.ts";
export type { Settled } from "./worker/settled.ts";
export type { Worker } from "./worker/worker.ts";
export type { WorkerEvents } from "./worker/worker-events.ts";
export type { WorkerOptions } from "./worker/worker-options.ts";
