import type { Column } from "./test.ts";
import type { Trouble } from "./ticks.ts";

/** What a run has measured, as it is kept in `bench/results`. */
export interface Results {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly machine: Machine;
  /** Of Node, SQLite, the packages and the servers. */
  readonly versions: Readonly<Record<string, string>>;
  readonly tests: readonly TestResults[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly system: string;
  /** Over one minute, before and after. */
  readonly load: readonly number[];
}

export interface TestResults {
  readonly test: string;
  readonly group: string;
  readonly title: string;
  /** Jobs a round, where the peer is not too slow for so many. */
  readonly n: number;
  readonly columns: readonly Column[];
  readonly peers: readonly PeerResults[];
}

export interface PeerResults {
  readonly peer: string;
  readonly server?: string | undefined;
  /** Jobs a round. */
  readonly n: number;
  readonly durability?: string | undefined;
  readonly rounds: readonly Round[];
  /** What rounds that failed died of. */
  readonly failures: readonly string[];
  /** Why it cannot take part at all. */
  readonly unfit?: string | undefined;
}

export interface Round extends Trouble {
  /** In which round, and as which of its peers; from 0. */
  readonly round: number;
  readonly place: number;
  readonly figures: Readonly<Record<string, number>>;
  readonly jobs: number;
  /** Of all the processes of the bench in it. */
  readonly cpuSeconds: number;
  readonly serverCpuSeconds?: number | undefined;
  /** The most that was resident of one process. */
  readonly peakBytes: number;
  readonly serverBytes?: number | undefined;
  readonly beatMs?: number | undefined;
  readonly durability: string;
  /** Of all its processes, from the opening of the queue on; what is prepared is included. */
  readonly wallSeconds: number;
}

/** The CPU seconds of 100,000 jobs, the server's included. */
export function cpuPer100k({ cpuSeconds, serverCpuSeconds = 0, jobs }: Round): number {
  return ((cpuSeconds + serverCpuSeconds) / jobs) * 100_000;
}
