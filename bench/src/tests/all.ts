import type { Test } from "../test.ts";
import { BACKLOG } from "./backlog.ts";
import { DRAIN } from "./drain.ts";
import { DRAIN_MILLION } from "./drain-million.ts";
import { ENQUEUE } from "./enqueue.ts";
import { ENQUEUE_WHILE_DRAINING } from "./enqueue-while-draining.ts";
import { FOREIGN } from "./foreign.ts";
import { IDLE } from "./idle.ts";
import { MANY_TYPES } from "./many-types.ts";
import { MILLION } from "./million.ts";
import { PAYLOADS } from "./payloads.ts";
import { TWO_WORKERS } from "./two-workers.ts";
import { VIEWS } from "./views.ts";
import { WAKE_UP } from "./wake-up.ts";

/** All tests, in the order in which they are run. */
export const TESTS: readonly Test[] = [
  ...ENQUEUE,
  ...DRAIN,
  ENQUEUE_WHILE_DRAINING,
  TWO_WORKERS,
  ...WAKE_UP,
  ...PAYLOADS,
  MANY_TYPES,
  BACKLOG,
  FOREIGN,
  DRAIN_MILLION,
  MILLION,
  VIEWS,
  IDLE,
];
