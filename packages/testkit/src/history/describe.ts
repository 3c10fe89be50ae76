import type { History } from "./history.ts";
import type { Run } from "./run.ts";

/** An instant as a reader of the history finds it again. */
export function time({ startedAt }: History, at: number): string {
  return at === Number.POSITIVE_INFINITY ? "never" : `${Math.round((at - startedAt) * 10) / 10} ms`;
}

/** A run in one line. */
export function described(history: History, run: Run): string {
  const { name, attempt, process, startedAt, end, abort } = run;
  const ended =
    end !== undefined
      ? `${end.how} at ${time(history, end.at)}`
      : process.endedAt < Number.POSITIVE_INFINITY
        ? `its process ended at ${time(history, process.endedAt)}`
        : "no end";
  const aborted = abort && `, aborted (${abort.reason}) at ${time(history, abort.at)}`;
  return `run ${name} (attempt ${attempt} in ${process.name}, started at ${time(history, startedAt)}, ${ended}${aborted ?? ""})`;
}
