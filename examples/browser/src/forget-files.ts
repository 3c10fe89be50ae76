import type { PlainQueue } from "@turno/core";
import type { Jobs } from "./jobs.ts";
import type { Shelf } from "./shelf.ts";

const A_MINUTE_MS = 60_000;

/** Deletes the bytes that no job refers to any more. Young ones stay: their jobs may be on their way. */
export async function forgetFiles({ queue, shelf }: { queue: PlainQueue<Jobs>; shelf: Shelf }) {
  const beforeAt = Date.now() - A_MINUTE_MS;
  const wanted = new Set<string>();
  let page = await queue.list({ limit: 1_000 });
  for (;;) {
    for (const { payload } of page.jobs) wanted.add(payload.id);
    if (page.next === undefined) break;
    page = await queue.list({ limit: 1_000, after: page.next });
  }
  await shelf.clear(beforeAt, (id) => wanted.has(id));
}
