import { time } from "../describe.ts";
import type { History } from "../history.ts";
import { SLACK_MS } from "../slack.ts";

/** No process ends but by its own plan, or because it was killed, asked to stop, or ended by a handler that said so. */
export function* processesSurvive(history: History): Generator<string> {
  for (const process of history.processes.values()) {
    const { exit, killedAt, askedAt, diedAt, exitedInPeace, name } = process;
    if (exit === undefined || exitedInPeace) continue;
    if (Math.min(killedAt, askedAt, diedAt) <= exit.at + SLACK_MS) continue;
    const how = exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`;
    yield `${name} ended ${how} at ${time(history, exit.at)}, and nobody had killed it or asked it to stop`;
  }
}
