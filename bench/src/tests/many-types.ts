import { PER_SECOND, type Test } from "../test.ts";
import { drainPart } from "./drain.ts";

const TYPES = 1_000;

/** How fast a worker drains that has handlers for a thousand types. */
export const MANY_TYPES: Test = {
  alias: "K",
  group: "types",
  title: "drain jobs of 1,000 types, 100 at a time",
  n: 20_000,
  rounds: 5,
  budgetS: 1,
  setup: { types: TYPES },
  columns: [PER_SECOND],
  parts: { main: drainPart({ concurrency: 100 }) },
};
