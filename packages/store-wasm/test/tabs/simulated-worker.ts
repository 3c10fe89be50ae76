import { type Clock, StoreFull, StoreUnwritable } from "@turno/core";
import { MemoryPersistence, type Persistence } from "@turno/store-wasm";
import { loadWasm } from "../../src/loading/load-wasm.ts";
import { startSqlJs } from "../../src/loading/start-sql-js.ts";
import type { FromPage, ToPage } from "../../src/tabs/messages.ts";
import { Tab } from "../../src/tabs/tab.ts";
import type { TabEnvironment } from "../../src/tabs/tab-environment.ts";
import type { SimulatedOrigin } from "./simulated-origin.ts";

/** What goes wrong in a tab, asked at each group that it stores. */
export interface TabFaults {
  /** The database cannot be opened. */
  readonly isBroken?: () => boolean;
  /** The disk does not begin before that resolves. */
  readonly heldUp?: (what: "open" | "snapshot") => Promise<void> | undefined;
  /** The disk takes nothing. */
  readonly isFull?: () => boolean;
  /** The tab is killed before the disk has it, or right after, before anybody knows. */
  readonly killed?: () => "before" | "after" | undefined;
}

interface SimulatedWorkerOptions {
  readonly origin: SimulatedOrigin;
  /** That no other worker has. */
  readonly name: string;
  readonly faults: TabFaults;
  readonly onKilled: () => void;
  /** Lets code of the page run. */
  readonly enterPage: (code: () => void) => void;
}

const module = await loadWasm();

/** A dedicated worker that runs `Tab`, as far as a page sees it. */
export class SimulatedWorker {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: (() => void) | null = null;
  /** Of its database, when it was last opened; 0 if it never was. */
  epoch = 0;
  readonly #options: SimulatedWorkerOptions;
  readonly #life = new AbortController();
  #frozen: (() => void)[] | undefined;
  #tab: Promise<Tab> | undefined;

  constructor(options: SimulatedWorkerOptions) {
    this.#options = options;
  }

  get isDead(): boolean {
    return this.#life.signal.aborted;
  }

  postMessage(message: FromPage): void {
    // A module can be shared, and comes through as it is.
    const data = message.kind === "open" ? message : structuredClone(message);
    queueMicrotask(() => this.enter(() => this.#hear(data)));
  }

  terminate(): void {
    this.#life.abort();
  }

  /** It ends of itself, and the page is told. */
  breakDown(): void {
    this.terminate();
    this.#options.enterPage(() => this.onerror?.());
  }

  freeze(): void {
    this.#frozen ??= [];
  }

  thaw(): void {
    const held = this.#frozen ?? [];
    this.#frozen = undefined;
    for (const code of held) this.enter(code);
  }

  readonly enter = (code: () => void): void => {
    if (this.isDead) return;
    if (this.#frozen === undefined) code();
    else this.#frozen.push(code);
  };

  #hear(message: FromPage): void {
    if (message.kind !== "open") return void this.#tab?.then((tab) => tab.hear(message));
    this.#tab = startSqlJs(module).then((sqlJs) =>
      Tab.join(this.#environment(sqlJs), message, (told) => this.#tell(told)),
    );
  }

  #tell(message: ToPage): void {
    const data = structuredClone(message);
    if (this.isDead) return;
    queueMicrotask(() => this.#options.enterPage(() => this.onmessage?.({ data } as MessageEvent)));
  }

  #environment(sqlJs: TabEnvironment["sqlJs"]): TabEnvironment {
    const { origin, name } = this.#options;
    const { signal } = this.#life;
    return {
      sqlJs,
      persistence: () => this.#persistence(),
      locks: origin.hasLocks ? origin.locks.of(this.enter, signal) : undefined,
      channel: (channel) => origin.channels.open(channel, this.enter, signal),
      clock: this.#clock(),
      newId: () => name,
    };
  }

  #clock(): Clock {
    const { clock } = this.#options.origin;
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimeout: (callback, ms) => clock.setTimeout(() => this.enter(callback), ms),
      clearTimeout: (timer) => clock.clearTimeout(timer),
    };
  }

  #persistence(): Persistence {
    const { origin, faults, onKilled } = this.#options;
    const { disk } = origin;
    const memory = new MemoryPersistence(disk);
    return {
      open: async () => {
        await faults.heldUp?.("open");
        return this.#answer(() => {
          if (faults.isBroken?.() === true) throw new StoreUnwritable("the disk is broken");
          const stored = memory.open();
          this.epoch = disk.epoch;
          return stored;
        });
      },
      load: () => this.#answer(() => memory.load()),
      append: (group) => {
        const killed = faults.killed?.();
        if (killed === "before") onKilled();
        return this.#answer(() => {
          if (faults.isFull?.() === true) throw new StoreFull("the disk is full");
          memory.append(group);
          if (killed === "after") onKilled();
        });
      },
      snapshot: async (image) => {
        await faults.heldUp?.("snapshot");
        return this.#answer(() => memory.snapshot(image));
      },
      confirm: () => this.#answer(() => memory.confirm()),
      close: () => memory.close(),
    };
  }

  /** The disk does its work though the tab is frozen; but the tab hears of it only when it runs. */
  #answer<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.isDead) return;
      queueMicrotask(() => {
        try {
          const done = work();
          this.enter(() => resolve(done));
        } catch (error) {
          this.enter(() => reject(error as Error));
        }
      });
    });
  }
}

export { module };
