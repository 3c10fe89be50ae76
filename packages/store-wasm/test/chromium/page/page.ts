// The program of the page that tests open in Chromium. What they then do with it, they send here.
import { type JobState, Queue, type StoreError, type Worker as QueueWorker } from "@turno/core";
import { openWasmStore, type WasmStore } from "@turno/store-wasm";

/** A job's payload: whose it is, and which. */
export interface Note {
  readonly by: string;
  readonly n: number;
}

export interface StoredNote extends Note {
  readonly state: JobState;
  readonly attempt: number;
}

/** What a page tells of the notes that its worker does. */
export interface RunNews {
  /** `settled`: the store has it. */
  readonly kind: "began" | "ended" | "settled";
  readonly n: number;
}

declare global {
  /** Of this page. */
  var page: Page;
  /** Tells the test, which hears it even if the page is killed right after. */
  function report(words: string): void;
}

class Page {
  readonly name = new URLSearchParams(location.search).get("name") ?? "";
  #longTasks: number[] = [];
  #store: WasmStore | undefined;
  #queue: Queue | undefined;
  #enqueuing: Promise<unknown> | undefined;
  #isPausing = false;
  #worker: QueueWorker | undefined;

  constructor() {
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#longTasks.push(duration);
    }).observe({ type: "longtask", buffered: true });
  }

  /** Opens the store, and says how many milliseconds that took. */
  async open(name = "queue"): Promise<number> {
    const startedAt = performance.now();
    this.#store = (await openWasmStore({
      name,
      wasm: "/sqljs.wasm",
      worker: () => new Worker("/tab-worker.js", { type: "module", name: this.name }),
    })) as WasmStore;
    this.#queue = new Queue({ store: this.#store });
    return performance.now() - startedAt;
  }

  get store(): WasmStore {
    if (this.#store === undefined) throw new Error("the store is not open");
    return this.#store;
  }

  get queue(): Queue {
    if (this.#queue === undefined) throw new Error("the store is not open");
    return this.#queue;
  }

  /** How many milliseconds those tasks took that kept the page from answering for more than 50, since this was last asked. */
  takeLongTasks(): readonly number[] {
    const taken = this.#longTasks;
    this.#longTasks = [];
    return taken;
  }

  tell(words: unknown): void {
    report(JSON.stringify(words));
  }

  /** The name of the page whose worker leads; undefined while none does. */
  async leader(name = "queue"): Promise<string | undefined> {
    const { held = [] } = await navigator.locks.query();
    const leader = held.find((lock) => lock.name === `turno/${name}/leader`);
    const own = held.find(
      (lock) => lock.clientId === leader?.clientId && lock.name?.startsWith("page/"),
    );
    return own?.name?.slice("page/".length);
  }

  /** Enqueues notes of that length for ever, so many at a time, and tells of each as soon as it is acknowledged. */
  enqueueWithoutPause(by: string, width: number, length = 0): void {
    let next = 0;
    const text = randomText(length);
    const enqueue = async (): Promise<void> => {
      if (this.#isPausing) return;
      const note: Note = { by, n: next++ };
      await this.queue.enqueue("note", { ...note, text });
      this.tell(note);
      return enqueue();
    };
    this.#enqueuing = Promise.all(Array.from({ length: width }, enqueue));
  }

  /** Ends that. */
  async pause(): Promise<void> {
    this.#isPausing = true;
    await this.#enqueuing;
  }

  /** The name of the error that has ended it. */
  async failure(): Promise<string | undefined> {
    try {
      await this.#enqueuing;
      return undefined;
    } catch (error) {
      return (error as Error).name;
    }
  }

  /** Enqueues so many notes, and says in how many milliseconds. */
  async fill(by: string, count: number, chunk = 1_000): Promise<number> {
    const startedAt = performance.now();
    for (let from = 0; from < count; from += chunk) {
      const length = Math.min(chunk, count - from);
      await this.queue.enqueueMany(
        Array.from({ length }, (_, at) => ({ type: "note", payload: { by, n: from + at } })),
      );
    }
    return performance.now() - startedAt;
  }

  /** How many milliseconds each took, from call to acknowledgement. */
  async enqueueOneByOne(count: number): Promise<readonly number[]> {
    const times: number[] = [];
    for (let n = 0; n < count; n++) {
      const startedAt = performance.now();
      await this.queue.enqueue("note", { by: this.name, n } satisfies Note);
      times.push(performance.now() - startedAt);
    }
    return times;
  }

  /** How many it did in a second. */
  async enqueueTogether(count: number): Promise<number> {
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: count }, (_, n) =>
        this.queue.enqueue("note", { by: this.name, n } satisfies Note),
      ),
    );
    return (count / (performance.now() - startedAt)) * 1_000;
  }

  /** Enqueues ten jobs of that length together, and says what they were refused for, if they were. */
  async refusalOf(length: number): Promise<Pick<StoreError, "code" | "transient"> | undefined> {
    const payload = { by: "large", n: 0, text: randomText(length) };
    const items = Array.from({ length: 10 }, () => ({ type: "note", payload }));
    try {
      await this.queue.enqueueMany(items);
      return undefined;
    } catch (error) {
      const { code, transient } = error as StoreError;
      return { code, transient };
    }
  }

  /** Tells when it is taken out of the back/forward cache, where it was put away as it is. */
  tellWhenShown(): void {
    addEventListener("pageshow", ({ persisted }) => persisted && this.tell("shown again"));
  }

  /** Does notes, each so many milliseconds long, and tells of each. */
  work(ms: number, concurrency: number): void {
    const tell = (kind: RunNews["kind"], payload: unknown) =>
      this.tell({ kind, n: (payload as Note).n } satisfies RunNews);
    const note = async ({ payload }: { readonly payload: unknown }) => {
      tell("began", payload);
      await this.#wait(ms);
      tell("ended", payload);
    };
    // A lost worker is to be noticed by its tab's end, and not by its silence.
    this.#worker = this.queue.work({ note }, { concurrency, leaseMs: 600_000 });
    this.#worker.on("completed", ({ job }) => tell("settled", job.payload));
  }

  /** Does so many notes, as fast as it can. */
  async finish(count: number, concurrency: number): Promise<void> {
    const worker = this.queue.work({ note: () => {} }, { concurrency });
    await new Promise<void>((resolve) => {
      let finished = 0;
      worker.on("completed", () => ++finished === count && resolve());
    });
    await worker.stop();
  }

  /** Resolves once the browser has not let the page's own timers run for so long. */
  async untilTimersStand(ms: number): Promise<void> {
    let ranAt = performance.now();
    const run = () => {
      ranAt = performance.now();
      setTimeout(run, 100);
    };
    run();
    while (performance.now() - ranAt < ms) await this.#wait(100);
  }

  /** By how many milliseconds jobs begin too late that are to be done so long after they are enqueued, one after the other. */
  async lateness(delayMs: number, count: number): Promise<readonly number[]> {
    const begun: number[] = [];
    const timed = ({ runAt }: { readonly runAt: number }) => void begun.push(Date.now() - runAt);
    const worker = this.queue.work({ timed });
    for (let done = 0; done < count; done++) {
      const { id } = await this.queue.enqueue("timed", null, { delayMs });
      await this.queue.result(id);
    }
    await worker.stop();
    return begun;
  }

  /** The page's own timers would let a hidden page wait for a second or a minute. */
  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.store.clock?.setTimeout(resolve, ms));
  }

  /** Lets what it has begun end, and begins nothing any more. */
  async rest(): Promise<void> {
    await this.#worker?.stop();
  }

  /** Resolves when all jobs that there are now are finished. */
  async allFinished(): Promise<void> {
    const ids: string[] = [];
    for await (const { id } of this.#jobs()) ids.push(id);
    await Promise.all(ids.map((id) => this.queue.result(id)));
  }

  /** Lists the newest of all jobs, so many pages of a hundred. */
  async leaf(pages: number): Promise<void> {
    let after: string | undefined;
    for (let left = pages; left > 0; left--)
      after = (await this.queue.list({ limit: 100, after })).next;
  }

  /** How many groups of changes are stored beside the snapshot. */
  async logged(name = "queue"): Promise<number> {
    const database = await answer(indexedDB.open(`turno-${name}`));
    try {
      return await answer(database.transaction("log").objectStore("log").count());
    } finally {
      database.close();
    }
  }

  /** Resolves once what is stored is a snapshot alone. */
  async untilCompacted(): Promise<void> {
    while ((await this.logged()) > 0) await this.#wait(50);
  }

  /** All notes, oldest first. */
  async notes(): Promise<readonly StoredNote[]> {
    const notes: StoredNote[] = [];
    for await (const { payload, state, attempt } of this.#jobs()) {
      const { by, n } = payload as Note;
      notes.push({ by, n, state, attempt });
    }
    return notes.reverse();
  }

  async *#jobs() {
    let after: string | undefined;
    do {
      const { jobs, next } = await this.queue.list({ limit: 1_000, after });
      yield* jobs;
      after = next;
    } while (after !== undefined);
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Browsers would store any other in less. */
function randomText(length: number): string {
  return Array.from({ length }, () => Math.floor(Math.random() * 36).toString(36)).join("");
}

globalThis.page = new Page();
