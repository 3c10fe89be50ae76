import type { Clock } from "@turno/core";
import type { MemoryDisk } from "@turno/store-wasm";
import type { SimulatedChannels } from "./simulated-channels.ts";
import type { SimulatedLocks } from "./simulated-locks.ts";

/** What the tabs of one origin share. */
export interface SimulatedOrigin {
  readonly disk: MemoryDisk;
  readonly locks: SimulatedLocks;
  /** Whether there are locks at all. */
  readonly hasLocks: boolean;
  readonly channels: SimulatedChannels;
  readonly clock: Clock;
}
