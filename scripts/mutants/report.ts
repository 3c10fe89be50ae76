import type { Mutant } from "./mutant.ts";
import type { Failure } from "./test-run.ts";

/** Prints a line for each mutant, and at the end what must not be overlooked. */
export class Report {
  readonly #total: number;
  readonly #startedAt = performance.now();
  readonly #bad: string[] = [];
  #told = 0;
  #timedOut = 0;

  constructor(total: number) {
    this.#total = total;
    console.log(`${total} mutants; first their tests without a fault …`);
  }

  begin(): void {
    console.log(`pass in ${seconds(performance.now() - this.#startedAt)}\n`);
  }

  /** Which test killed it, if any. */
  tell({ name, file }: Mutant, failure: Failure | undefined, ms: number): void {
    if (failure === undefined) {
      this.#print(`SURVIVED: no test minds that ${name} (${file})`, true);
      return;
    }
    if (failure.timedOut) this.#timedOut++;
    const how = failure.timedOut ? "killed by a TIMEOUT" : "killed";
    this.#print(`${name}: ${how} in ${seconds(ms)} by ${failure.file} > ${failure.test}`);
  }

  /** It does not fit into its file any more, or the tests broke. */
  tellVoid({ name, file }: Mutant, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#print(`COULD NOT BE TRIED: ${name} (${file}): ${reason}`, true);
  }

  /** Says whether all were killed. */
  end(): boolean {
    const killed = this.#total - this.#bad.length;
    for (const line of this.#bad) console.log(`\n!!! ${line}`);
    console.log(
      `\n${killed} of ${this.#total} mutants killed (${this.#timedOut} only by a timeout) in ` +
        seconds(performance.now() - this.#startedAt),
    );
    return this.#bad.length === 0;
  }

  #print(line: string, bad = false): void {
    if (bad) this.#bad.push(line);
    const place = `${++this.#told}`.padStart(String(this.#total).length);
    console.log(`${place}/${this.#total} ${bad ? "!!! " : ""}${line}`);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
