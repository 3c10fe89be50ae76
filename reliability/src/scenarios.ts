import type { Scenario } from "./scenario.ts";
import { freezes } from "./scenarios/freezes.ts";
import { kills } from "./scenarios/kills.ts";
import { restarts } from "./scenarios/restarts.ts";

/** All there are, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [kills, freezes, restarts];
