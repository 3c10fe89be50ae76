import { time } from "../describe.ts";
import type { History } from "../history.ts";

/** Where handlers complete their job in one transaction with a row of their own, the two are there together or not at all. */
export function* rowsMatchJobs(history: History): Generator<string> {
  const { rows, terms, jobs, runs } = history;
  if (rows === undefined) return;
  const rowsOf = new Map<string, string[]>();
  for (const { id, run } of rows) {
    const same = rowsOf.get(id);
    if (same === undefined) rowsOf.set(id, [run]);
    else same.push(run);
  }
  for (const [id, names] of rowsOf) {
    const job = jobs.get(id);
    if (job === undefined) yield `there is a row of job ${id}, which nobody knows`;
    for (const name of names)
      if (runs.get(name)?.id !== id)
        yield `the row of job ${id} is of run ${name}, which is none of its runs`;
    const lives = job?.livesBefore(Number.POSITIVE_INFINITY) ?? 1;
    if (names.length > lives)
      yield `job ${id} has ${names.length} rows, of runs ${names.join(", ")}`;
    if (job?.final !== undefined && job.final.state !== "completed" && lives === 1)
      yield `job ${id} is ${job.final.state} in the end, but has a row of run ${names[0]}`;
  }
  for (const job of jobs.values()) {
    const { final } = job;
    if (final?.state !== "completed" || terms.transactional?.includes(final.type) !== true)
      continue;
    const names = rowsOf.get(job.id) ?? [];
    if (names.length === 0)
      yield `job ${job.id}, stored by ${time(history, job.storedAt)}, is completed without a row`;
    else if (final.run !== undefined && !names.includes(final.run))
      yield `job ${job.id} is completed by run ${final.run}, but its row is of run ${names.join(", ")}`;
  }
}
