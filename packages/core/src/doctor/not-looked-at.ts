import { describeThrown } from "../job/failure.ts";
import type { Finding, Topic } from "../store/examination.ts";

/** The finding that something could not be looked at, and why; for who writes a store, too. */
export function notLookedAt(about: Topic, error: unknown): Finding {
  const { name, message } = describeThrown(error);
  return {
    about,
    level: "bad",
    message: `it could not be looked at: ${message}`,
    facts: { error: name },
  };
}
