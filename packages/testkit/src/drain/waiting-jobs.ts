import type { JobDefinitions, JobId, JobOf, Queue, Store, TypeName } from "@turno/core";

const PAGE = 1_000;

/** The jobs of these types that are not finished and not held, the newest first. */
export async function* waitingJobs<D extends JobDefinitions, S extends Store>(
  queue: Queue<D, S>,
  types: readonly TypeName<D>[],
): AsyncGenerator<Extract<JobOf<D>, { readonly ready: boolean }>> {
  let after: JobId | undefined;
  do {
    const page = await queue.list({ states: ["pending", "failed"], types, limit: PAGE, after });
    for (const job of page.jobs) if ("ready" in job) yield job as never;
    after = page.next;
  } while (after !== undefined);
}
