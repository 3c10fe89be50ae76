import type { WriteStream } from "node:tty";
import { styleText } from "node:util";
import { count, duration, size } from "./amounts.ts";
import type { State } from "./inventory.ts";

/** How far back the speed is measured. */
const SPAN_MS = 3_000;
const PLAIN_EVERY_MS = 1_000;
const LONGEST_BAR = 40;
const SHORTEST_BAR = 10;

/** Shows how far the work is: a bar that is drawn again in place, or a line each second where that cannot be. */
export class Progress {
  readonly #stream: WriteStream;
  readonly #isLive: boolean;
  #samples: { readonly at: number; readonly done: number }[] = [];
  #line = "";
  #plainAt = performance.now();

  constructor(stream: WriteStream) {
    this.#stream = stream;
    this.#isLive = stream.isTTY && process.env["TERM"] !== "dumb" && !process.env["CI"];
  }

  /** Writes a line above the bar. */
  say = (words: string): void => {
    if (this.#isLive) this.#stream.write(`\x1b[K${words}\n${this.#line}\r`);
    else this.#stream.write(`${words}\n`);
  };

  show(state: State): void {
    const now = performance.now();
    this.#sample(now, state.done);
    if (this.#isLive) this.#draw(state);
    else if (now - this.#plainAt >= PLAIN_EVERY_MS) {
      this.#plainAt = now;
      this.#stream.write(`${this.#words(state).join(", ")}\n`);
    }
  }

  /** Takes the bar away, and puts `words` in its place. */
  clear(words = ""): void {
    this.#line = words;
    if (this.#isLive) this.#drawLine();
  }

  #drawLine(): void {
    // The cursor goes back to the beginning, so that the ^C of a terminal does not lengthen the line.
    this.#stream.write(`\x1b[K${this.#line}\r`);
  }

  #draw(state: State): void {
    // One column stays free: a full line would wrap in some terminals.
    const width = (this.#stream.columns || 80) - 1;
    const words = this.#words(state);
    while (words.length > 1 && words.join("  ").length + SHORTEST_BAR + 2 > width) words.pop();
    const text = words.join("  ");
    const length = Math.min(LONGEST_BAR, width - text.length - 2);
    this.#line =
      length < SHORTEST_BAR ? text.slice(0, width) : `${this.#bar(state, length)}  ${text}`;
    this.#drawLine();
  }

  #bar({ done, unreadable, found }: State, length: number): string {
    const full = found === 0 ? 0 : Math.floor(((done + unreadable) / found) * length);
    const style = (format: "green" | "gray", text: string) =>
      styleText(format, text, { stream: this.#stream });
    return style("green", "█".repeat(full)) + style("gray", "░".repeat(length - full));
  }

  /** The most important first. */
  #words({ done, unreadable, found, left, bytes, isWalked }: State): string[] {
    if (found === 0) return ["looking for files"];
    const perSecond = this.#perSecond();
    const words = [`${count(done)} of ${count(found)}${isWalked ? "" : "+"} files`];
    if (unreadable > 0) words.push(`${count(unreadable)} unreadable`);
    if (bytes > 0) words.push(size(bytes));
    if (perSecond > 0) words.push(`${count(perSecond)} files/s`);
    if (perSecond > 0 && isWalked && left > 0)
      words.push(`${duration((left / perSecond) * 1_000)} left`);
    return words;
  }

  #sample(at: number, done: number): void {
    // Until the first file is done, the clock does not run: processes take a moment to start.
    const kept = this.#samples.filter((sample) => at - sample.at < SPAN_MS);
    this.#samples = kept.some((sample) => sample.done < done)
      ? [...kept, { at, done }]
      : [{ at, done }];
  }

  #perSecond(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < 200) return 0;
    return ((last.done - first.done) / (last.at - first.at)) * 1_000;
  }
}
