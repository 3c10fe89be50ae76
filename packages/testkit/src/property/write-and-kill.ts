import type { Committed, Store, Write } from "@turno/core";
import type { Pair } from "./pair.ts";
import type { StepTo } from "./step.ts";
import { writeOf } from "./write-step.ts";

/** Commits, and kills connections meanwhile: the one that was asked, the other one, or both. */
export async function writeAndKill(pair: Pair, step: StepTo<"write and kill">): Promise<void> {
  const { connections } = pair;
  if (!connections.canBeKilled) return;
  const { write, expected } = await writeOf(pair, step);
  const [sender, other] = [connections.at(step.sender), connections.at(step.sender + 1)];
  const victims = { sender: [sender], other: [other], both: [sender, other] }[step.kills];
  const call = new Call(sender, write);
  await pair.waitEighths(step.eighths);
  await connections.kill(victims);
  if (!victims.includes(sender)) pair.follow(write, expected, await call.answer);
  await pair.replaceKilled(victims);
  if (!victims.includes(sender)) return;
  // What was answered was done, though nobody may have heard it.
  if (call.answered === undefined) await pair.followInDoubt(write, expected);
  else pair.follow(write, expected, call.answered);
}

/** A commit that is under way. */
class Call {
  readonly answer: Promise<Committed>;
  /** What came back so far. */
  answered: Committed | undefined;

  constructor(store: Store, write: Write) {
    this.answer = this.#send(store, write);
    // A store that was killed may say so, or say nothing any more.
    this.answer.catch(() => undefined);
  }

  async #send(store: Store, write: Write): Promise<Committed> {
    this.answered = await store.commit(write);
    return this.answered;
  }
}
