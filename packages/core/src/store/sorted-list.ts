/** A list that is always in order; adding at the end and taking from the front cost next to nothing. */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number;
  #items: T[] = [];
  #head = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  add(item: T): void {
    const at = this.#place(item);
    if (at === this.#items.length) this.#items.push(item);
    else this.#items.splice(at, 0, item);
  }

  /** Removes the item that equals `item` in order. */
  delete(item: T): void {
    const at = this.#place(item);
    const found = this.#items[at];
    if (found === undefined || this.#compare(found, item) !== 0) return;
    if (at === this.#head) this.#dropFirst();
    else this.#items.splice(at, 1);
  }

  #dropFirst(): void {
    this.#head++;
    if (this.#head > 1_000 && this.#head > this.#items.length / 2) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Where `item` stands, or would stand. */
  #place(item: T): number {
    const last = this.#items.at(-1);
    if (last === undefined || this.#compare(last, item) < 0) return this.#items.length;
    let low = this.#head;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#items[middle] as T, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
