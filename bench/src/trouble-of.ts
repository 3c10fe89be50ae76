import type { PeerResults } from "./results.ts";

/** What went wrong in all rounds of a peer, in words. */
export function troubleOf({ rounds, failures }: PeerResults): string {
  const sum = (kind: "errors" | "twice" | "never") =>
    rounds.reduce((total, round) => total + round[kind], 0);
  const kinds = [
    [failures.length, "failed rounds"],
    [sum("errors"), "errors"],
    [sum("twice"), "twice"],
    [sum("never"), "never"],
  ] as const;
  const some = kinds.filter(([count]) => count > 0);
  return some.map(([count, kind]) => `${count} ${kind}`).join(", ") || "none";
}
