import type { Clock } from "@turno/core";
import { type MemoryDisk, memoryDisk } from "@turno/store-wasm";
import { SimulatedChannels } from "./simulated-channels.ts";
import { SimulatedLocks } from "./simulated-locks.ts";
import type { SimulatedOrigin } from "./simulated-origin.ts";
import { SimulatedTab } from "./simulated-tab.ts";
import type { TabFaults } from "./simulated-worker.ts";

/** A browser with one queue: its tabs share locks, channels and a disk, and may be killed and frozen. */
export class SimulatedBrowser implements SimulatedOrigin {
  readonly disk: MemoryDisk = memoryDisk();
  readonly locks = new SimulatedLocks();
  readonly channels: SimulatedChannels;
  readonly clock: Clock;
  readonly tabs: SimulatedTab[] = [];
  readonly hasLocks: boolean;

  constructor(
    clock: Clock,
    { hasLocks = true, messageMs }: { hasLocks?: boolean; messageMs?: () => number } = {},
  ) {
    this.clock = clock;
    this.hasLocks = hasLocks;
    this.channels = new SimulatedChannels(messageMs && { clock, nextMs: messageMs });
  }

  /** Opens the queue in another tab. */
  async open(faults: TabFaults = {}): Promise<SimulatedTab> {
    const tab = new SimulatedTab(this, `tab${this.tabs.length + 1}`, faults);
    this.tabs.push(tab);
    await tab.start();
    return tab;
  }

  /** The tab that has the database. */
  get leader(): SimulatedTab | undefined {
    return this.tabs.find((tab) => tab.worker.epoch === this.disk.epoch && !tab.isDead);
  }
}
