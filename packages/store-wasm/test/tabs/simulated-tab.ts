import { WasmStore } from "@turno/store-wasm";
import { TabLine } from "../../src/tabs/tab-line.ts";
import type { SimulatedOrigin } from "./simulated-origin.ts";
import { module, SimulatedWorker, type TabFaults } from "./simulated-worker.ts";

/** A page and its worker. */
export class SimulatedTab {
  readonly name: string;
  readonly workers: SimulatedWorker[] = [];
  readonly #origin: SimulatedOrigin;
  readonly #faults: TabFaults;
  #store: WasmStore | undefined;
  #isDead = false;
  #held: (() => void)[] | undefined;

  constructor(origin: SimulatedOrigin, name: string, faults: TabFaults) {
    this.#origin = origin;
    this.name = name;
    this.#faults = faults;
  }

  get store(): WasmStore {
    if (this.#store === undefined) throw new Error("the tab is not open yet");
    return this.#store;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** The one it has now. */
  get worker(): SimulatedWorker {
    return this.workers.at(-1) as SimulatedWorker;
  }

  async start(): Promise<void> {
    const line = await TabLine.open({
      module,
      name: "queue",
      table: "turno_",
      random: () => 0.1 * Number(this.name.slice(-1)),
      startWorker: async () => this.#startWorker(),
    });
    this.#store = new WasmStore(line);
  }

  /** Ends it as a crash would. */
  kill(): void {
    this.#isDead = true;
    this.worker.terminate();
  }

  /** Nothing of its code runs until it is thawed. */
  freeze(): void {
    this.holdUp();
    this.worker.freeze();
  }

  thaw(): void {
    this.worker.thaw();
    this.goOn();
  }

  /** A handler keeps the page busy; its worker is free. */
  holdUp(): void {
    this.#held ??= [];
  }

  goOn(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const code of held) this.#enter(code);
  }

  readonly #enter = (code: () => void): void => {
    if (this.#isDead) return;
    if (this.#held === undefined) code();
    else this.#held.push(code);
  };

  #startWorker(): Worker {
    const worker = new SimulatedWorker({
      origin: this.#origin,
      name: `${this.name}.${this.workers.length + 1}`,
      faults: this.#faults,
      onKilled: () => this.kill(),
      enterPage: this.#enter,
    });
    this.workers.push(worker);
    return worker as unknown as Worker;
  }
}
