import { type Clock, StoreFull } from "@turno/core";
import { MemoryPersistence, type Persistence, WasmStore } from "@turno/store-wasm";
import { loadWasm } from "../../src/loading/load-wasm.ts";
import { startSqlJs } from "../../src/loading/start-sql-js.ts";
import type { FromPage, ToPage } from "../../src/tabs/messages.ts";
import { Tab } from "../../src/tabs/tab.ts";
import type { TabEnvironment } from "../../src/tabs/tab-environment.ts";
import { TabLine } from "../../src/tabs/tab-line.ts";
import type { SimulatedBrowser } from "./simulated-browser.ts";

/** What goes wrong in a tab, asked at each group that it stores. */
export interface TabFaults {
  /** The disk takes nothing. */
  readonly isFull?: () => boolean;
  /** The tab is killed before the disk has it, or right after, before anybody knows. */
  readonly killed?: () => "before" | "after" | undefined;
}

const module = await loadWasm();

/** A page and its worker. */
export class SimulatedTab {
  readonly name: string;
  /** Of its database, when it was last opened; 0 if it never was. */
  epoch = 0;
  readonly #browser: SimulatedBrowser;
  readonly #faults: TabFaults;
  readonly #life = new AbortController();
  #line: TabLine | undefined;
  #store: WasmStore | undefined;
  #frozen: (() => void)[] | undefined;
  #starts = 0;

  constructor(browser: SimulatedBrowser, name: string, faults: TabFaults) {
    this.#browser = browser;
    this.name = name;
    this.#faults = faults;
  }

  get store(): WasmStore {
    if (this.#store === undefined) throw new Error("the tab is not open yet");
    return this.#store;
  }

  get isDead(): boolean {
    return this.#life.signal.aborted;
  }

  async start(): Promise<void> {
    this.#line = await TabLine.open({
      module,
      name: "queue",
      table: "turno_",
      chance: 0.5,
      startWorker: async () => this.#worker(),
    });
    this.#store = new WasmStore(this.#line);
  }

  /** Ends it as a crash would. */
  kill(): void {
    this.#life.abort();
  }

  /** Nothing of its code runs until it is thawed. */
  freeze(): void {
    this.#frozen = [];
  }

  thaw(): void {
    const held = this.#frozen ?? [];
    this.#frozen = undefined;
    for (const code of held) this.#enter(code);
  }

  readonly #enter = (code: () => void): void => {
    if (this.isDead) return;
    if (this.#frozen === undefined) code();
    else this.#frozen.push(code);
  };

  #worker(): Worker {
    const worker = {
      onmessage: null,
      onerror: null,
      terminate: () => this.kill(),
    } as unknown as Worker;
    const tell = (message: ToPage) => {
      const data = structuredClone(message);
      queueMicrotask(() => this.#enter(() => worker.onmessage?.({ data } as MessageEvent)));
    };
    let tab: Promise<Tab> | undefined;
    worker.postMessage = (message: FromPage) => {
      const data = message.kind === "open" ? message : structuredClone(message);
      queueMicrotask(() =>
        this.#enter(() => {
          if (data.kind === "open")
            tab = startSqlJs(module).then((sqlJs) =>
              Tab.join(this.#environment(sqlJs), data, tell),
            );
          else void tab?.then((opened) => opened.hear(data));
        }),
      );
    };
    return worker;
  }

  #environment(sqlJs: TabEnvironment["sqlJs"]): TabEnvironment {
    const { locks, channels, hasLocks } = this.#browser;
    const { signal } = this.#life;
    return {
      sqlJs,
      persistence: () => this.#persistence(),
      locks: hasLocks ? locks.of(this.#enter, signal) : undefined,
      channel: (name) => channels.open(name, this.#enter, signal),
      clock: this.#clock(),
      newId: () => `${this.name}.${++this.#starts}`,
    };
  }

  #clock(): Clock {
    const { clock } = this.#browser;
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimeout: (callback, ms) => clock.setTimeout(() => this.#enter(callback), ms),
      clearTimeout: (timer) => clock.clearTimeout(timer),
    };
  }

  #persistence(): Persistence {
    const { disk } = this.#browser;
    const memory = new MemoryPersistence(disk);
    return {
      open: () =>
        this.#answer(() => {
          const stored = memory.open();
          this.epoch = disk.epoch;
          return stored;
        }),
      load: () => this.#answer(() => memory.load()),
      append: (group) => {
        const killed = this.#faults.killed?.();
        if (killed === "before") this.kill();
        return this.#answer(() => {
          if (this.#faults.isFull?.() === true) throw new StoreFull("the disk is full");
          memory.append(group);
          if (killed === "after") this.kill();
        });
      },
      snapshot: (image) => this.#answer(() => memory.snapshot(image)),
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
          this.#enter(() => resolve(done));
        } catch (error) {
          this.#enter(() => reject(error as Error));
        }
      });
    });
  }
}
