import type { Instant } from "../job/instant.ts";
import type { Examination, Finding, Topic } from "../store/examination.ts";
import type { Patience } from "../store/patience.ts";
import type { Awaitable, Store } from "../store/store.ts";
import { type Diagnosis, diagnosisOf } from "./diagnosis.ts";
import { findClock } from "./find-clock.ts";
import { findStuck } from "./find-stuck.ts";
import { findWorkers } from "./find-workers.ts";
import { notLookedAt } from "./not-looked-at.ts";

interface Patient {
  readonly store: Store;
  readonly patience: Patience;
  readonly clock: { now(): Instant };
  /** The types that the queue defines; empty where it takes any. */
  readonly types: readonly string[];
}

/** More jobs that run are not looked at. */
const MOST = 1_000;

/** By so many of the newest jobs the clocks are compared; each is read with its payload. */
const NEWEST = 100;

const NOTHING: Examination = { findings: [], ready: [] };

/** Looks at all there is to look at, and changes nothing. What cannot be looked at is a finding. */
export async function diagnose({ store, patience, clock, types }: Patient): Promise<Diagnosis> {
  const findings: Finding[] = [];
  const look = async <T>(about: Topic, ask: () => Awaitable<T>): Promise<T | undefined> => {
    try {
      return await patience.try(ask);
    } catch (error) {
      const finding = notLookedAt(about, error);
      // What is in the way of one look mostly is in that of the next, and is told once for each topic.
      const isTold = findings.some(
        (told) => told.about === about && told.message === finding.message,
      );
      if (!isTold) findings.push(finding);
      return undefined;
    }
  };
  const examined = await look("integrity", () => store.examine?.() ?? NOTHING);
  findings.push(...(examined?.findings ?? []));
  const ready = examined?.ready;
  const running = await look("stuck", () => store.list({ states: ["running"], limit: MOST }));
  const dueAt = await look("stuck", () => store.nextDueAt());
  const paused = await look("stuck", () => store.pause());
  const now = clock.now();
  if (running !== undefined && paused !== undefined)
    findings.push(...findStuck({ now, ready, running, dueAt, paused, types }));
  const newest = await look("clock", () => store.list({ limit: NEWEST }));
  if (newest !== undefined)
    findings.push(findClock(clock.now(), store.clock?.now(), [...newest, ...(running ?? [])]));
  const workers = await look("workers", () => store.workers());
  if (workers !== undefined) findings.push(findWorkers(workers, running ?? [], ready));
  return diagnosisOf(clock.now(), findings);
}
