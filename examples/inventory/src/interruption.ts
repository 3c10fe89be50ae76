import { constants } from "node:os";

/** Why the work ends early: a signal, by Ctrl-C or by `kill`. */
export class Interrupted extends Error {
  override readonly name: string = "Interrupted";
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** npm passes a signal on that the terminal has sent already: so near to each other the two are one. */
const SAME_MS = 300;

/** Lets the first signal end the work in good order, and a second one end this process at once. */
export function abortOnSignals(work: AbortController): void {
  let firstAt: number | undefined;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      const interrupted = new Interrupted(name);
      firstAt ??= performance.now();
      if (performance.now() - firstAt > SAME_MS) process.exit(interrupted.exitCode);
      work.abort(interrupted);
    });
  }
}
