import {
  abandon,
  cancel,
  complete,
  fail,
  type Job,
  type MemoryStore,
  release,
  reschedule,
  retry,
  type RunningJob,
} from "@turno/core";
import fc from "fast-check";

/** Something that happens to a queue: what, and to which of its jobs. */
export interface Event {
  readonly what: (typeof WHATS)[number];
  readonly pick: number;
}

const WHATS = [
  "add",
  "add",
  "add",
  "claim",
  "claim",
  "settle",
  "settle",
  "cancel",
  "retry",
  "reschedule",
  "note",
  "lose a worker",
  "prune",
] as const;

export const events = fc.array(
  fc.record({ what: fc.constantFrom(...WHATS), pick: fc.nat(1_000) }),
  { maxLength: 60 },
);

/** Three of them make a batch. */
const LARGE = `"${"x".repeat(1_300_000)}"`;

const NOW = 1_700_000_000_000;

/** Lets it happen; does nothing where there is nothing that it could happen to. */
export function happen(store: MemoryStore, { what, pick }: Event): void {
  const now = NOW + pick;
  const replace = (...jobs: readonly Job[]) => store.commit({ now, replace: jobs });
  switch (what) {
    case "add":
      return void store.commit({ now, add: [jobOf(pick, now)] });
    case "claim": {
      const [known] = store.workers();
      const worker = pick % 3 > 0 && known !== undefined ? known.id : store.join({ leaseMs: 100 });
      return void store.commit({ now, claim: { worker, limit: 1 + (pick % 3) } });
    }
    case "settle": {
      const job = picked(store, pick, "running");
      return job && void replace(settled(job, pick, now));
    }
    case "note": {
      const job = picked(store, pick, "running");
      const log = [{ at: now, attempt: 1, line: `line ${pick}` }];
      return job && void store.commit({ now, note: [{ ...job, progress: `${pick}`, log }] });
    }
    case "cancel": {
      const job = picked(store, pick, "pending") ?? picked(store, pick, "running");
      return job && void replace(cancel(job, now));
    }
    case "retry": {
      const job = picked(store, pick, "dead") ?? picked(store, pick, "cancelled");
      return job && void replace(retry(job, now));
    }
    case "reschedule": {
      const job = picked(store, pick, "pending") ?? picked(store, pick, "failed");
      return job && void replace(reschedule(job, now + 7, now));
    }
    case "lose a worker":
      return void store.leave(store.workers()[0]?.id ?? 0);
    case "prune":
      return void store.prune({ before: { completed: now, cancelled: now }, limit: 2 });
  }
}

function picked<State extends Job["state"]>(store: MemoryStore, pick: number, state: State) {
  const jobs = store.list({ states: [state], limit: 100 });
  return jobs[pick % jobs.length] as Extract<Job, { state: State }> | undefined;
}

function settled(job: RunningJob, pick: number, now: number): Job {
  switch (pick % 5) {
    case 0:
      return fail(job, { kind: "error", thrown: new Error(`oops ${pick}`) }, now);
    case 1:
      return abandon(job, now);
    case 2:
      return release(job);
    default:
      return complete(job, pick % 2 === 0 ? undefined : `"${pick}"`, now);
  }
}

function jobOf(pick: number, now: number) {
  const until = pick % 4 === 0 ? ("pruned" as const) : ("finished" as const);
  return {
    type: ["a", "b", "c", "d"][pick % 4] ?? "a",
    payload: pick % 6 === 0 ? LARGE : `"${pick}"`,
    priority: pick % 3,
    runAt: pick % 5 === 0 ? now + 500 : now,
    ready: pick % 5 !== 0,
    maxAttempts: 1 + (pick % 3),
    timeoutMs: pick % 7 === 0 ? pick + 1 : undefined,
    backoff: pick % 6 === 0 ? { kind: "fixed" as const, baseMs: pick, jitter: 0.5 } : undefined,
    uniqueKey: pick % 2 === 0 ? `key ${pick % 3}` : undefined,
    uniqueUntil: until,
    createdAt: now,
  };
}
