import { memoryDisk, MemoryPersistence, type Persistence, type RowImage } from "@turno/store-wasm";

/** Keeps everything in memory, and can be kept waiting, refuse its work, and be asked what it was asked for. */
export class GatedPersistence implements Persistence {
  readonly disk = memoryDisk();
  /** In the order of the calls. */
  readonly asked: string[] = [];
  /** What the next calls of these methods reject with. */
  readonly refusals: Partial<Record<"load" | "append" | "snapshot" | "confirm", Error>> = {};
  readonly #memory = new MemoryPersistence(this.disk);
  #gate = Promise.resolve();

  /** Lets nothing through until the function it gives is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  async open() {
    return this.#memory.open();
  }

  async load() {
    await this.#pass("load");
    return this.#memory.load();
  }

  async append(group: readonly RowImage[]) {
    await this.#pass("append");
    this.#memory.append(group);
  }

  async snapshot(image: Uint8Array) {
    await this.#pass("snapshot");
    this.#memory.snapshot(image);
  }

  async confirm() {
    await this.#pass("confirm");
    this.#memory.confirm();
  }

  close(): void {
    this.asked.push("close");
  }

  async #pass(method: keyof typeof this.refusals): Promise<void> {
    this.asked.push(method);
    await this.#gate;
    const refusal = this.refusals[method];
    if (refusal !== undefined) throw refusal;
  }
}
