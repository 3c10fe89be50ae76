import type { EnqueueItem } from "@turno/core";
import type { Jobs } from "./jobs.ts";
import type { ProducerOptions, Share } from "./options.ts";

export type Wanted = EnqueueItem<Jobs> & { readonly maxAttempts: number };

/** Gives one job after the other, of the kinds and as often as the plan says. */
export function mixOf(
  { name, mix, inTurn = false }: Pick<ProducerOptions, "name" | "mix" | "inTurn">,
  random: () => number,
): () => Wanted {
  const whole = mix.reduce((sum, { weight }) => sum + weight, 0);
  let count = 0;
  const byChance = () => {
    let left = random() * whole;
    return mix.find(({ weight }) => (left -= weight) < 0) ?? mix.at(-1);
  };
  return () => {
    const share = inTurn ? mix[count % mix.length] : byChance();
    if (share === undefined) throw new TypeError("a producer's mix must name at least one share");
    return jobOf(share, `${name}:${++count}`, random);
  };
}

function jobOf(share: Share, n: string, random: () => number): Wanted {
  const {
    type = "task",
    does,
    priorities = [0],
    delayMs = 0,
    uniqueKeys,
    ownKey = false,
    uniqueUntil = ownKey ? "pruned" : undefined,
    maxAttempts = 25,
    timeoutMs,
  } = share;
  const ms = does.ms === undefined ? undefined : Math.round(random() * 2 * does.ms);
  const late = delayMs > 0 && random() < 0.8 ? Math.ceil(random() * delayMs) : undefined;
  return {
    type,
    payload: { n, does: ms === undefined ? does : { ...does, ms } },
    priority: priorities[Math.floor(random() * priorities.length)],
    maxAttempts,
    timeoutMs,
    delayMs: late,
    uniqueUntil,
    uniqueKey: ownKey ? n : keyAmong(uniqueKeys, random),
  };
}

function keyAmong(keys: number | undefined, random: () => number): string | undefined {
  return keys === undefined ? undefined : `key ${Math.floor(random() * keys)}`;
}
