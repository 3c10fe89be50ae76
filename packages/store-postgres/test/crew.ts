import { type AnyJobs, type JobDefinitions, Queue } from "@turno/core";
import { openPostgresStore, type PostgresStore } from "@turno/store-postgres";
import { onTestFinished } from "vitest";
import { freshSchema } from "./postgres-url.ts";

/** Queues on one schema, each over connections of its own. */
export interface Crew<D extends JobDefinitions = AnyJobs> {
  readonly url: string;
  readonly schema: string;
  readonly stores: readonly [PostgresStore, ...PostgresStore[]];
  readonly queues: readonly [Queue<D, PostgresStore>, ...Queue<D, PostgresStore>[]];
  close(): Promise<void>;
}

/** So many queues on one fresh schema; they are closed when the test ends at the latest. */
export async function crew<D extends JobDefinitions = AnyJobs>(
  count: number,
  jobs?: D,
): Promise<Crew<D>> {
  const { url, schema } = freshSchema();
  const stores = await Promise.all(
    Array.from({ length: count }, () => openPostgresStore(url, { schema, listen: false })),
  );
  const queues = stores.map(
    (store) => new Queue({ store, ...(jobs && { jobs }) }) as unknown as Queue<D, PostgresStore>,
  );
  let closed: Promise<unknown> | undefined;
  const close = async () => {
    closed ??= Promise.all(queues.map((queue) => queue.close()));
    await closed;
  };
  onTestFinished(close);
  return { url, schema, stores, queues, close } as unknown as Crew<D>;
}
