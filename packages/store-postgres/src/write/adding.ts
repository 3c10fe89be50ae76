import { type Added, encodeJobId, type NewJob } from "@turno/core";
import { listText, textsText } from "../connection/list-text.ts";

/** The values of `p_kind` to `k_created_at`: what jobs share is told once. */
export function addingValues(jobs: readonly NewJob[]): (string | null)[] {
  if (jobs.length === 0) return Array<null>(12).fill(null);
  const { kinds, kindOf } = kindsOf(jobs);
  return [
    kinds.length === 1 ? null : listText(kindOf),
    textsText(jobs.map(({ payload }) => payload)),
    jobs.some(({ uniqueKey }) => uniqueKey !== undefined)
      ? textsText(jobs.map(({ uniqueKey }) => uniqueKey))
      : null,
    textsText(kinds.map(({ type }) => type)),
    listText(kinds.map(({ priority }) => priority)),
    listText(kinds.map(({ runAt }) => runAt)),
    listText(kinds.map(({ ready }) => ready)),
    listText(kinds.map(({ maxAttempts }) => maxAttempts)),
    listText(kinds.map(({ timeoutMs }) => timeoutMs)),
    textsText(kinds.map(({ backoff }) => backoff && JSON.stringify(backoff))),
    listText(kinds.map(({ uniqueUntil }) => Number(uniqueUntil === "pruned"))),
    listText(kinds.map(({ createdAt }) => createdAt)),
  ];
}

/** What became of each, by what the function has told: a number for each, and who holds the keys of those that were not added. */
export function addedOf(
  jobs: readonly NewJob[],
  told: { readonly seqs: readonly unknown[] | null; readonly held: readonly unknown[] | null },
  salt: number,
): readonly Added[] {
  const added = jobs.map(({ createdAt }, at): Added => {
    return { id: encodeJobId({ createdAt, salt, seq: Number(told.seqs?.[at]) }), added: true };
  });
  for (const holder of told.held ?? []) {
    const [place = 0, seq = 0, createdAt = 0] = (holder as readonly unknown[]).map(Number);
    added[place - 1] = { id: encodeJobId({ createdAt, salt, seq }), added: false };
  }
  return added;
}

type Kind = Omit<NewJob, "payload" | "uniqueKey">;

/** The different kinds among jobs, and for each job the place of its own, from 1 on. */
function kindsOf(jobs: readonly NewJob[]): {
  readonly kinds: readonly Kind[];
  readonly kindOf: readonly number[];
} {
  const kinds: Kind[] = [];
  const places = new Map<string, number>();
  let latest: Kind | undefined;
  let place = 0;
  const kindOf = jobs.map((job) => {
    if (latest === undefined || !isAlike(job, latest)) {
      const name = nameOf(job);
      place = places.get(name) ?? kinds.push(job);
      places.set(name, place);
      latest = job;
    }
    return place;
  });
  return { kinds, kindOf };
}

function isAlike(job: Kind, other: Kind): boolean {
  return (
    job.type === other.type &&
    job.runAt === other.runAt &&
    job.createdAt === other.createdAt &&
    job.ready === other.ready &&
    job.priority === other.priority &&
    job.maxAttempts === other.maxAttempts &&
    job.timeoutMs === other.timeoutMs &&
    job.backoff === other.backoff &&
    job.uniqueUntil === other.uniqueUntil
  );
}

function nameOf(job: Kind): string {
  const { type, runAt, createdAt, ready, priority, maxAttempts, timeoutMs, backoff, uniqueUntil } =
    job;
  return JSON.stringify([
    type,
    runAt,
    createdAt,
    ready,
    priority,
    maxAttempts,
    timeoutMs,
    backoff,
    uniqueUntil,
  ]);
}
