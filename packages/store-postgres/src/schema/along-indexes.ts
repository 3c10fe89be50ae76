/**
 * What a function is created with whose plans must not depend on what the planner believes of tables that are empty now
 * and have a million rows in a minute: it may only walk along indexes, and keeps a plan once it is made. A plan is said to
 * be dear where no index is to be had, and would be compiled for that.
 */
export const ALONG_INDEXES = `SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off`;
