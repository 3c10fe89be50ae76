import type { Scenario } from "./scenario.ts";
import { disjoint } from "./scenarios/disjoint.ts";
import { disk } from "./scenarios/disk.ts";
import { backlog } from "./scenarios/backlog.ts";
import { blocked } from "./scenarios/blocked.ts";
import { clocks } from "./scenarios/clocks.ts";
import { files } from "./scenarios/files.ts";
import { freezes } from "./scenarios/freezes.ts";
import { hostile } from "./scenarios/hostile.ts";
import { kills } from "./scenarios/kills.ts";
import { locked } from "./scenarios/locked.ts";
import { million } from "./scenarios/million.ts";
import { postgresDisjoint } from "./scenarios/postgres-disjoint.ts";
import { postgresHosts } from "./scenarios/postgres-hosts.ts";
import { postgresKeys } from "./scenarios/postgres-keys.ts";
import { postgresKills } from "./scenarios/postgres-kills.ts";
import { postgresNetwork } from "./scenarios/postgres-network.ts";
import { postgresServer } from "./scenarios/postgres-server.ts";
import { power } from "./scenarios/power.ts";
import { restarts } from "./scenarios/restarts.ts";
import { rows } from "./scenarios/rows.ts";
import { snapshot } from "./scenarios/snapshot.ts";
import { storeFaults } from "./scenarios/store-faults.ts";
import { uniqueKeys } from "./scenarios/unique-keys.ts";
import { writers } from "./scenarios/writers.ts";

/** All there are, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  kills,
  freezes,
  restarts,
  disjoint,
  uniqueKeys,
  writers,
  million,
  storeFaults,
  power,
  rows,
  locked,
  snapshot,
  disk,
  files,
  hostile,
  blocked,
  backlog,
  clocks,
  postgresKills,
  postgresServer,
  postgresKeys,
  postgresDisjoint,
  postgresHosts,
  postgresNetwork,
];
