/** What a row takes in an image, roughly: two tables, two indexes. */
const BYTES_A_ROW = 400;

/** To read a group costs as much as so many rows more. */
const ROWS_A_GROUP = 3;

/** How much has been logged since the last snapshot, and when it should become one. */
export class LogGrowth {
  #logged = 0;
  #inSnapshot = 0;
  #refused = 0;

  /** So many rows that a snapshot pays as soon as nobody wants anything. */
  get isWorthwhile(): boolean {
    return this.#logged - this.#refused >= Math.max(1_000, this.#inSnapshot / 10);
  }

  /** So many rows that the next start would have to wait for them. */
  get isUrgent(): boolean {
    return this.#logged - this.#refused >= Math.max(20_000, this.#inSnapshot / 5);
  }

  /** A group of rows was added to the log, or found there. */
  add(rows: number): void {
    this.#logged += rows + ROWS_A_GROUP;
  }

  /** There is a snapshot of so many bytes, and no log beside it. */
  snapped(bytes: number): void {
    this.#inSnapshot = bytes / BYTES_A_ROW;
    this.#logged = 0;
    this.#refused = 0;
  }

  /** There was no room for a snapshot: it is not asked for again before as much has come once more. */
  refused(): void {
    this.#refused = this.#logged;
  }
}
