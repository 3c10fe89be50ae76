import { PER_SECOND, type Part, type Test } from "../test.ts";
import { drainPart } from "./drain.ts";
import { enqueuePart } from "./enqueue.ts";

const SIZES = [
  { kilobytes: 1, n: 10_000 },
  { kilobytes: 10, n: 3_000 },
  { kilobytes: 100, n: 500 },
] as const;

/** What larger payloads cost, in bulk and in a drain. */
export const PAYLOADS: readonly Test[] = SIZES.flatMap(({ kilobytes, n }) => [
  ofSize(
    `P${kilobytes}B`,
    `enqueue in bulk, payloads of ${kilobytes} KB`,
    enqueuePart((peer, jobs) => peer.fill(jobs)),
    { kilobytes, n },
  ),
  ofSize(
    `P${kilobytes}C`,
    `drain at 100, payloads of ${kilobytes} KB`,
    drainPart({ concurrency: 100 }),
    { kilobytes, n },
  ),
]);

function ofSize(
  alias: string,
  title: string,
  main: Part,
  { kilobytes, n }: { readonly kilobytes: number; readonly n: number },
): Test {
  return {
    alias,
    group: "P",
    title,
    n,
    rounds: 5,
    budgetS: 1,
    setup: { payloadBytes: kilobytes * 1_000 },
    columns: [PER_SECOND],
    parts: { main },
  };
}
