import type { Store } from "@turno/core";
import type { StoreUnderTest } from "../store-under-test.ts";

/** The connections to one store: two where the subject opens a second, else one. */
export class Connections {
  readonly #subject: StoreUnderTest;
  #open: readonly Store[];
  #turn = 0;

  private constructor(subject: StoreUnderTest, open: readonly Store[]) {
    this.#subject = subject;
    this.#open = open;
  }

  static async open(subject: StoreUnderTest): Promise<Connections> {
    const connections = new Connections(subject, [await subject.open()]);
    await connections.#openSecond(connections.next);
    return connections;
  }

  /** Now the one and now the other. */
  get next(): Store {
    this.#turn += 1;
    return this.at(this.#turn);
  }

  at(index: number): Store {
    return this.#open[index % this.#open.length] as Store;
  }

  /** Whether one can be killed, and the data then be looked at over another. */
  get canBeKilled(): boolean {
    return this.#subject.kill !== undefined && this.#open.length === 2;
  }

  isOpen(store: Store): boolean {
    return this.#open.includes(store);
  }

  /** Ends some of them as a crash would; the others stay. */
  async kill(victims: readonly Store[]): Promise<void> {
    this.#open = this.#open.filter((store) => !victims.includes(store));
    for (const victim of victims) await this.#subject.kill?.(victim);
  }

  /** Opens others in the place of those that were killed. */
  async replace(victims: readonly Store[]): Promise<void> {
    const [first] = victims;
    if (this.#open.length === 0 && first !== undefined) await this.#openSecond(first);
    await this.#openSecond(this.next);
  }

  /** Closes all, and opens the data again. Does nothing where that cannot be done. */
  async reopen(): Promise<boolean> {
    const { reopen } = this.#subject;
    const [first, ...others] = this.#open;
    if (reopen === undefined || first === undefined) return false;
    for (const store of others) await store.close();
    this.#open = [];
    this.#open = [await reopen.call(this.#subject, first)];
    await this.#openSecond(this.next);
    return true;
  }

  async close(): Promise<void> {
    for (const store of this.#open) await store.close();
  }

  async #openSecond(first: Store): Promise<void> {
    const second = await this.#subject.openSecond?.(first);
    if (second !== undefined) this.#open = [...this.#open, second];
  }
}
