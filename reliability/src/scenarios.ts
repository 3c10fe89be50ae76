import type { Scenario } from "./scenario.ts";
import { kills } from "./scenarios/kills.ts";

/** All there are, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [kills];
