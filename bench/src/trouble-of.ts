import type { Trouble } from "./ticks.ts";

/** In words, summed over all rounds. */
export function troubleOf(rounds: readonly Trouble[]): string {
  const sum = (kind: keyof Trouble) => rounds.reduce((total, round) => total + round[kind], 0);
  const kinds = (["errors", "twice", "never"] as const).filter((kind) => sum(kind) > 0);
  return kinds.map((kind) => `${kind} ${sum(kind)}`).join(", ") || "none";
}
