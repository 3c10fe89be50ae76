import type { Evidence, HistoryEvent, SeenJob } from "@turno/testkit";
import { LEASE_MS } from "./tale.ts";

type Of<K extends HistoryEvent["kind"]> = Extract<HistoryEvent, { kind: K }>;

/** Changes sound evidence as a certain fault would; undefined where it does not offer the place. */
export type Fault = (evidence: Evidence) => Evidence | undefined;

/** For each fault the promise that it breaks. */
export const FAULTS: Readonly<Record<string, readonly [promise: string, fault: Fault]>> = {
  "an acknowledged job is dropped": [
    "nothing lost",
    (evidence) => {
      const ids = evidence.events.flatMap((event) =>
        event.kind === "ok" ? (event.enqueued ?? []).map(({ id }) => id) : [],
      );
      const stored = new Set(evidence.jobs.map(({ id }) => id));
      const [id] = ids;
      if (id === undefined || ids.some((one) => !stored.has(one))) return undefined;
      const jobs = evidence.jobs.filter((job) => job.id !== id);
      return { ...evidence, jobs, terms: { ...evidence.terms, retentionMs: undefined } };
    },
  ],
  "a job is left waiting": [
    "nothing lost",
    (evidence) => changeJob(evidence, (job) => job.state === "cancelled", { state: "pending" }),
  ],
  "a result names no run": [
    "nothing lost",
    (evidence) => changeJob(evidence, ({ state }) => state === "completed", { run: "no run" }),
  ],
  "a handler gets another payload": [
    "nothing invented",
    (evidence) => changeEvent(evidence, "start", () => true, { payload: '"another"' }),
  ],
  "a stored payload changes": [
    "nothing invented",
    (evidence) => changeJob(evidence, () => true, { payload: '"another"' }),
  ],
  "a job is added twice": [
    "nothing invented",
    (evidence) => {
      const [job] = evidence.jobs;
      return (
        job && {
          ...evidence,
          jobs: [...evidence.jobs, { ...job, id: "twin", holdsKey: undefined }],
        }
      );
    },
  ],
  "a job comes from nowhere": [
    "nothing invented",
    (evidence) => {
      const [job] = evidence.jobs;
      return (
        job && {
          ...evidence,
          jobs: [...evidence.jobs, { ...job, id: "ghost", payload: '"ghost"' }],
        }
      );
    },
  ],
  "a refused job is stored": [
    "refused is refused",
    (evidence) => {
      const fail = evidence.events.find((event) => event.kind === "fail") as Of<"fail"> | undefined;
      const [job] = evidence.jobs;
      const invoke = fail && callOf(evidence, fail.call);
      if (!job || invoke?.does.name !== "enqueue") return undefined;
      const [{ payload, type, maxAttempts } = {} as never] = invoke.does.jobs;
      const stored = { ...job, id: "refused", payload, type, maxAttempts, holdsKey: undefined };
      return { ...evidence, jobs: [...evidence.jobs, stored] };
    },
  ],
  "a second worker gets a job that is running": [
    "one run at a time",
    (evidence) => {
      const start = find(
        evidence,
        "start",
        (run) => isCalm(evidence, run) && isOnce(evidence, run.id) && lasts(evidence, run.run) > 60,
      );
      if (!start) return undefined;
      return insert(evidence, {
        ...start,
        run: "second",
        process: "intruder",
        attempt: start.attempt + 1,
        at: start.at + 0.5,
      });
    },
  ],
  "an attempt is settled twice": [
    "no stale settling",
    (evidence) => {
      const told = find(
        evidence,
        "told",
        ({ event, id }) => event === "completed" && isOnce(evidence, id),
      );
      return (
        told &&
        insert(evidence, { ...told, at: told.at + 0.5, event: "failed", process: "intruder" })
      );
    },
  ],
  "a result of a lost run is kept": [
    "no stale settling",
    (evidence) => {
      const job = evidence.jobs.find(
        (one) => one.state === "completed" && one.attempt > 1 && isOnce(evidence, one.id),
      );
      const stale =
        job && find(evidence, "start", ({ id, attempt }) => id === job.id && attempt < job.attempt);
      return stale && changeJob(evidence, ({ id }) => id === stale.id, { run: stale.run });
    },
  ],
  "there is an attempt too many": [
    "attempts are counted",
    (evidence) =>
      changeJob(
        evidence,
        ({ attempt }) => attempt > 0,
        { maxAttempts: undefined as never, attempt: 9 },
        true,
      ),
  ],
  "an attempt is not charged": [
    "attempts are counted",
    (evidence) => {
      const told = find(
        evidence,
        "told",
        (tell) => tell.event === "failed" && isOnce(evidence, tell.id) && isCalm(evidence, tell),
      );
      const start =
        told &&
        find(
          evidence,
          "start",
          ({ id, attempt, process }) =>
            id === told.id && attempt === told.attempt && process === told.process,
        );
      return start && insert(evidence, { ...start, at: last(evidence) + 1, run: "uncharged" });
    },
  ],
  "a job is buried too early": [
    "no innocent dead",
    (evidence) =>
      changeJob(
        evidence,
        (job) =>
          job.state === "completed" && job.attempt < job.maxAttempts && isOnce(evidence, job.id),
        { state: "dead", run: undefined },
      ),
  ],
  "a living worker's job is taken": [
    "taken with cause",
    (evidence) => {
      const start = find(
        evidence,
        "start",
        (run) => isCalm(evidence, run) && isOnce(evidence, run.id),
      );
      return (
        start &&
        insert(evidence, {
          at: start.at + 0.5,
          process: "intruder",
          kind: "told",
          event: "abandoned",
          id: start.id,
          attempt: start.attempt,
        })
      );
    },
  ],
  "a job that is done is done again": [
    "done twice with cause",
    (evidence) => {
      const end = find(
        evidence,
        "end",
        (ended) =>
          ended.how === "returned" &&
          isCalm(evidence, ended) &&
          find(evidence, "abort", ({ run }) => run === ended.run) === undefined,
      );
      const start = end && find(evidence, "start", ({ run }) => run === end.run);
      if (!start || !isOnce(evidence, start.id)) return undefined;
      const at = last(evidence) + 1;
      const again = { ...start, run: "again", process: "intruder", attempt: start.attempt + 1, at };
      const over = {
        at: at + 1,
        process: "intruder",
        kind: "end",
        run: "again",
        how: "returned",
      } as const;
      return insert(insert(evidence, again), over);
    },
  ],
  "a finished job changes": [
    "finished stays",
    (evidence) => {
      const told = find(
        evidence,
        "told",
        ({ event, id }) => event === "completed" && isOnce(evidence, id),
      );
      return told && changeJob(evidence, ({ id }) => id === told.id, { state: "cancelled" });
    },
  ],
  "a job runs on after its end": [
    "finished stays",
    (evidence) => {
      const told = find(
        evidence,
        "told",
        ({ event, id }) => event === "dead" && isOnce(evidence, id),
      );
      const start = told && find(evidence, "start", ({ id }) => id === told.id);
      return (
        start && insert(evidence, { ...start, at: last(evidence) + 1, attempt: 7, run: "after" })
      );
    },
  ],
  "a write is undone": [
    "finished stays",
    (evidence) => {
      const saw = find(evidence, "saw", ({ jobs }) => jobs.some(({ revision }) => revision > 1));
      const seen = saw?.jobs.find(({ revision }) => revision > 1);
      return seen && changeJob(evidence, ({ id }) => id === seen.id, { revision: 1 });
    },
  ],
  "two jobs hold one key": [
    "one holder of a key",
    (evidence) => {
      const saw = find(evidence, "saw", ({ jobs }) => jobs.length > 1);
      const two = saw?.jobs.map((job) => ({ ...job, type: "mail", holdsKey: "key" }));
      return saw && two && insert(evidence, { ...saw, jobs: two });
    },
  ],
  "a live job is pruned": [
    "pruned only when old",
    (evidence) => {
      const start = find(
        evidence,
        "start",
        ({ id, at, attempt }) =>
          attempt === 1 &&
          isOnce(evidence, id) &&
          evidence.events.some(
            (event) =>
              event.kind === "ok" && event.enqueued?.[0]?.id === id && event.at < at - 1_100,
          ),
      );
      return (
        start &&
        insert(evidence, {
          at: start.at - 0.5,
          process: "observer",
          kind: "saw",
          whole: true,
          jobs: [],
        })
      );
    },
  ],
  "a process ends by itself": [
    "processes survive",
    (evidence) => {
      const works = find(
        evidence,
        "works",
        ({ process }) => !evidence.events.some((event) => "of" in event && event.of === process),
      );
      return (
        works &&
        insert(evidence, {
          at: last(evidence) + 1,
          process: "nurse",
          kind: "exited",
          of: works.process,
          code: 1,
          signal: null,
        })
      );
    },
  ],
  "a row is missing": [
    "rows match jobs",
    ({ rows = [], ...evidence }) => {
      const there = rows.findIndex(({ id }) => evidence.jobs.some((job) => job.id === id));
      return there < 0 ? undefined : { ...evidence, rows: rows.toSpliced(there, 1) };
    },
  ],
  "a row is there twice": [
    "rows match jobs",
    ({ rows = [], ...evidence }) => rows[0] && { ...evidence, rows: [...rows, rows[0]] },
  ],
};

function find<K extends HistoryEvent["kind"]>(
  { events }: Evidence,
  kind: K,
  fits: (event: Of<K>) => boolean,
): Of<K> | undefined {
  return events.find((event) => event.kind === kind && fits(event as Of<K>)) as Of<K> | undefined;
}

function insert(evidence: Evidence, event: HistoryEvent): Evidence {
  return { ...evidence, events: [...evidence.events, event] };
}

function changeEvent<K extends HistoryEvent["kind"]>(
  evidence: Evidence,
  kind: K,
  fits: (event: Of<K>) => boolean,
  change: Partial<Of<K>>,
): Evidence | undefined {
  const found = find(evidence, kind, fits);
  if (found === undefined) return undefined;
  const events = evidence.events.map((event) =>
    event === found ? { ...found, ...change } : event,
  );
  return { ...evidence, events: events as readonly HistoryEvent[] };
}

function changeJob(
  evidence: Evidence,
  fits: (job: SeenJob) => boolean,
  change: Partial<SeenJob>,
  keepsLimit = false,
): Evidence | undefined {
  const found = evidence.jobs.find(fits);
  if (found === undefined) return undefined;
  const changed = { ...found, ...change, ...(keepsLimit && { maxAttempts: found.maxAttempts }) };
  return { ...evidence, jobs: evidence.jobs.map((job) => (job === found ? changed : job)) };
}

/** A job with one life, whatever became of it. */
function isOnce({ events }: Evidence, id: string): boolean {
  const isOf = (event: HistoryEvent) =>
    event.kind === "invoke" &&
    event.does.name !== "enqueue" &&
    event.does.name !== "prune" &&
    event.does.id === id;
  return !events.some(isOf);
}

/** Whether nothing befell the process but its end long after, nor any other for a while. */
function isCalm({ events }: Evidence, { process, at }: Pick<HistoryEvent, "process" | "at">) {
  const isNear = (event: HistoryEvent) => Math.abs(event.at - at) < 3 * LEASE_MS;
  return !events.some(
    (event) => "of" in event && (event.of === process || event.kind === "frozen") && isNear(event),
  );
}

/** For how long a handler runs that is not told to end. */
function lasts(evidence: Evidence, run: string): number {
  if (find(evidence, "abort", (abort) => abort.run === run) !== undefined) return 0;
  const start = find(evidence, "start", (one) => one.run === run);
  const end = find(evidence, "end", (one) => one.run === run);
  return (end?.at ?? 0) - (start?.at ?? 0);
}

function callOf(evidence: Evidence, call: string) {
  return find(evidence, "invoke", (invoke) => invoke.call === call);
}

function last({ events }: Evidence): number {
  return events.at(-1)?.at ?? 0;
}
